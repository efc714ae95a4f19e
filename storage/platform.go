package storage

import (
	"context"
	"errors"
	"time"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// platformRow is a classroom.Platform as its table holds it.
type platformRow struct {
	lti.Platform
	TenantID       string
	Name           string
	Version        string
	Disabled       bool
	Pending        bool
	Roles          classroom.RolePolicy `gorm:"serializer:json"`
	Channels       classroom.ChannelPolicy
	NewDeployments classroom.DeploymentState
	FrameOrigins   []string `gorm:"serializer:json"`
	Record         bool
	RequireName    bool
	RequireContext bool
	Starters       classroom.StartPolicy
	ChatGuests     classroom.GuestPolicy
	NamesInPosts   classroom.NamesPolicy
	RecordNotice   string
	Pilot          []string           `gorm:"serializer:json"`
	Progress       classroom.Progress `gorm:"embedded"`
	CreatedAt      time.Time
}

func (platformRow) TableName() string { return "platforms" }

func newPlatformRow(p classroom.Platform) platformRow { return platformRow(p) }

func (r platformRow) platform() classroom.Platform { return classroom.Platform(r) }

// Platform reads a registration, disabled or not.
func (q queries) Platform(ctx context.Context, id string) (classroom.Platform, error) {
	r, err := get[platformRow](ctx, q, "platform "+id, "id = ?", id)
	return r.platform(), err
}

func (q queries) platforms(ctx context.Context, op, where string, args ...any) ([]classroom.Platform, error) {
	rows, err := list[platformRow](ctx, q, op, 0, "created_at, id", where, args...)
	platforms := make([]classroom.Platform, len(rows))
	for i, r := range rows {
		platforms[i] = r.platform()
	}
	return platforms, err
}

// Platform reads a registration, as it was at most half a second ago.
func (db *DB) Platform(ctx context.Context, id string) (classroom.Platform, error) {
	return db.cache.platforms.get(id, func() (classroom.Platform, error) { return db.queries.Platform(ctx, id) })
}

// errNoPlatform keeps from being remembered that there is none: anybody may ask
// for any issuer, and would fill the memory of what is there.
var errNoPlatform = errors.New("no platform of that issuer")

// FindPlatforms implements lti.Platforms.
func (db *DB) FindPlatforms(ctx context.Context, issuer, clientID string) ([]lti.Platform, error) {
	platforms, err := db.cache.issuers.get(issuer+"\x00"+clientID, func() ([]lti.Platform, error) {
		rows, err := db.platforms(ctx, "platforms of issuer", "issuer = ? AND (client_id = ? OR ? = '') AND NOT disabled", issuer, clientID, clientID)
		platforms := make([]lti.Platform, len(rows))
		for i, p := range rows {
			platforms[i] = p.Platform
		}
		if err == nil && len(rows) == 0 {
			err = errNoPlatform
		}
		return platforms, err
	})
	if errors.Is(err, errNoPlatform) {
		return platforms, nil
	}
	return platforms, err
}

// FindPlatform implements lti.Platforms.
func (db *DB) FindPlatform(ctx context.Context, id string) (lti.Platform, bool, error) {
	p, err := db.Platform(ctx, id)
	if classroom.Is(err, classroom.NotFound) || err == nil && p.Disabled {
		return lti.Platform{}, false, nil
	}
	return p.Platform, err == nil, err
}

// LockRegistration reads what is registered of that client of the issuer, and
// locks it.
func (q queries) LockRegistration(ctx context.Context, issuer, clientID string) (classroom.Platform, bool, error) {
	var r platformRow
	err := q.on(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where("issuer = ? AND client_id = ?", issuer, clientID).Take(&r).Error
	err = wrap("registration", err)
	if classroom.Is(err, classroom.NotFound) {
		return classroom.Platform{}, false, nil
	}
	return r.platform(), err == nil, err
}

// PlatformsOfClient lists registrations of all tenants.
func (q queries) PlatformsOfClient(ctx context.Context, clientID string) ([]classroom.Platform, error) {
	return q.platforms(ctx, "platforms of a client", "client_id = ?", clientID)
}

// CreatePlatform registers an LMS with the deployments that are approved at
// once; Conflict if that client of the issuer is registered.
func (t *tx) CreatePlatform(ctx context.Context, p classroom.Platform, deploymentIDs []string) error {
	t.wrote = true
	if err := create(ctx, t.queries, "create platform "+p.ID, newPlatformRow(p)); err != nil {
		return err
	}
	for _, id := range deploymentIDs {
		d := classroom.Deployment{
			ID: uuid.Must(uuid.NewV7()).String(), TenantID: p.TenantID, PlatformID: p.ID,
			DeploymentID: id, State: classroom.DeploymentActive, CreatedAt: p.CreatedAt,
		}
		if err := t.queries.CreateDeployment(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// CreatePlatform is that of a transaction, in one of its own.
func (db *DB) CreatePlatform(ctx context.Context, p classroom.Platform, deploymentIDs []string) error {
	return db.tx(ctx, func(t *tx) error { return t.CreatePlatform(ctx, p, deploymentIDs) })
}

// SavePlatform changes a registration.
func (q queries) SavePlatform(ctx context.Context, p classroom.Platform) error {
	return save(ctx, q, "save platform "+p.ID, newPlatformRow(p))
}

// SavePlatform changes a registration, which the DB learns of at commit.
func (t *tx) SavePlatform(ctx context.Context, p classroom.Platform) error {
	t.wrote = true
	return t.queries.SavePlatform(ctx, p)
}

// SavePlatform changes a registration.
func (db *DB) SavePlatform(ctx context.Context, p classroom.Platform) error {
	defer db.cache.drop()
	return db.queries.SavePlatform(ctx, p)
}

// ReachStep notes when a registration reached the step, unless it did before.
func (q queries) ReachStep(ctx context.Context, platformID string, s classroom.Step, at time.Time) error {
	column := string(s) + "_at"
	query := "UPDATE platforms SET " + column + " = COALESCE(" + column + ", ?) WHERE id = ?"
	return q.exec(ctx, "step "+string(s)+" of platform "+platformID, query, at, platformID)
}

// ReachStep is that of queries; what is remembered of platforms is read anew.
func (db *DB) ReachStep(ctx context.Context, platformID string, s classroom.Step, at time.Time) error {
	defer db.cache.drop()
	return db.queries.ReachStep(ctx, platformID, s, at)
}

// ListPlatforms lists the tenant's registrations, disabled ones too, oldest first.
func (q queries) ListPlatforms(ctx context.Context, tenantID string) ([]classroom.Platform, error) {
	return q.platforms(ctx, "list platforms", "tenant_id = ?", tenantID)
}

// DisablePlatform refuses all launches of the registration from now on.
func (db *DB) DisablePlatform(ctx context.Context, tenantID, id string) error {
	defer db.cache.drop()
	return db.exec(ctx, "disable platform "+id, "UPDATE platforms SET disabled = TRUE WHERE tenant_id = ? AND id = ?", tenantID, id)
}
