package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"classbridge/classroom"
)

// serverRow is a classroom.Server with its secrets sealed.
type serverRow struct {
	ID        string
	TenantID  string
	Name      string
	URL       string
	Secrets   string
	Hash      string
	Disabled  bool
	Pool      bool
	OldUntil  time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

func (serverRow) TableName() string { return "servers" }

func (q queries) newServerRow(s classroom.Server) (serverRow, error) {
	plain, err := json.Marshal(s.Secrets)
	if err != nil {
		return serverRow{}, err
	}
	sealed, err := q.vault.Seal(plain, "servers/"+s.ID+"/secrets")
	return serverRow{
		ID: s.ID, TenantID: s.TenantID, Name: s.Name, URL: s.URL, Secrets: sealed, Hash: s.Hash,
		Disabled: s.Disabled, Pool: s.Pool, OldUntil: s.OldUntil, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}, err
}

func (q queries) server(r serverRow) (classroom.Server, error) {
	s := classroom.Server{
		ID: r.ID, TenantID: r.TenantID, Name: r.Name, URL: r.URL, Hash: r.Hash,
		Disabled: r.Disabled, Pool: r.Pool, OldUntil: r.OldUntil, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	plain, err := q.vault.Open(r.Secrets, "servers/"+r.ID+"/secrets")
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(plain, &s.Secrets)
}

// Server reads a BigBlueButton server, disabled or not.
func (q queries) Server(ctx context.Context, id string) (classroom.Server, error) {
	r, err := get[serverRow](ctx, q, "server "+id, "id = ?", id)
	if err != nil {
		return classroom.Server{}, err
	}
	s, err := q.server(r)
	return s, wrap("server "+id, err)
}

// Servers lists the enabled BigBlueButton servers of the tenant, oldest first.
func (q queries) Servers(ctx context.Context, tenantID string) ([]classroom.Server, error) {
	return q.servers(ctx, "tenant_id = ? AND NOT disabled", tenantID)
}

func (q queries) servers(ctx context.Context, where string, args ...any) ([]classroom.Server, error) {
	rows, err := list[serverRow](ctx, q, "servers", 0, "created_at, id", where, args...)
	if err != nil {
		return nil, err
	}
	servers := make([]classroom.Server, len(rows))
	for i, r := range rows {
		if servers[i], err = q.server(r); err != nil {
			return nil, fmt.Errorf("server %s: %w", r.ID, err)
		}
	}
	return servers, nil
}

// Server reads a BigBlueButton server, as it was at most half a second ago.
func (db *DB) Server(ctx context.Context, id string) (classroom.Server, error) {
	return db.cache.server.get(id, func() (classroom.Server, error) { return db.queries.Server(ctx, id) })
}

// Servers lists the tenant's enabled servers, as they were at most half a second ago.
func (db *DB) Servers(ctx context.Context, tenantID string) ([]classroom.Server, error) {
	return db.cache.servers.get(tenantID, func() ([]classroom.Server, error) { return db.queries.Servers(ctx, tenantID) })
}

// ListServers lists the tenant's servers, disabled ones too, oldest first.
func (db *DB) ListServers(ctx context.Context, tenantID string) ([]classroom.Server, error) {
	return db.servers(ctx, "tenant_id = ?", tenantID)
}

// TenantServer reads a server of the tenant, disabled or not.
func (db *DB) TenantServer(ctx context.Context, tenantID, id string) (classroom.Server, error) {
	r, err := get[serverRow](ctx, db.queries, "server "+id, "tenant_id = ? AND id = ?", tenantID, id)
	if err != nil {
		return classroom.Server{}, err
	}
	s, err := db.server(r)
	return s, wrap("server "+id, err)
}

// ServersToRetire lists the servers whose old secrets have had their time.
func (db *DB) ServersToRetire(ctx context.Context, now time.Time) ([]classroom.Server, error) {
	return db.servers(ctx, "old_until <= ?", now)
}

// CreateServer inserts a BigBlueButton server.
func (db *DB) CreateServer(ctx context.Context, s classroom.Server) error {
	defer db.cache.drop()
	r, err := db.newServerRow(s)
	if err != nil {
		return err
	}
	return create(ctx, db.queries, "create server "+s.ID, r)
}

// SaveServer changes a BigBlueButton server.
func (db *DB) SaveServer(ctx context.Context, s classroom.Server) error {
	defer db.cache.drop()
	r, err := db.newServerRow(s)
	if err != nil {
		return err
	}
	return save(ctx, db.queries, "save server "+s.ID, r)
}

// DeleteServer deletes a server that no meeting was held on; Conflict otherwise.
func (db *DB) DeleteServer(ctx context.Context, tenantID, id string) error {
	op := "delete server " + id
	return db.tx(ctx, func(t *tx) error {
		t.wrote = true
		var held int64
		if err := t.on(ctx).Raw("SELECT COUNT(*) FROM meetings WHERE tenant_id = ? AND server_id = ?", tenantID, id).Row().Scan(&held); err != nil {
			return wrap(op, err)
		}
		if held > 0 {
			return &classroom.Error{Code: classroom.Conflict, Message: "conflict", Err: fmt.Errorf("%s: %d meetings were held there", op, held)}
		}
		for _, table := range []string{"server_healths", "callbacks_seen"} {
			if err := t.on(ctx).Exec("DELETE FROM "+table+" WHERE tenant_id = ? AND server_id = ?", tenantID, id).Error; err != nil {
				return wrap(op, err)
			}
		}
		return t.exec(ctx, op, "DELETE FROM servers WHERE tenant_id = ? AND id = ?", tenantID, id)
	})
}
