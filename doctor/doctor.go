package doctor

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"classbridge/bbb"
	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/lti"
)

// How long a check may take, and all of them: with what is taken away afterwards,
// less than a browser waits for its answer.
const (
	checkTime = 10 * time.Second
	wholeTime = 25 * time.Second
)

// Doctor examines an installation. All fields but Store, Database, Broken,
// Proxies, Secrets and CallWait must be set.
type Doctor struct {
	URL     string         // public base, without a trailing slash
	Version string         // of the program
	Data    string         // folder
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
	Signer  *classroom.Signer

	Store    Store    // nil: the database could not be opened
	Database Database // nil: likewise, and Broken says why
	Broken   error

	HTTP           *http.Client                       // to our own address
	TenantHTTP     func(tenantID string) *http.Client // to its BigBlueButton and Mattermost
	PublicHTTP     *http.Client                       // to platforms
	OnPremisesHTTP *http.Client                       // to platforms on premises
	Forbidden      []error                            // by which the clients' refusals to dial are known
	Lookup         func(ctx context.Context, network, host string) ([]netip.Addr, error)
	UserAgent      string
	Key            func(context.Context) (lti.ToolKey, error) // the tool's key that signs now
	BBB            func(classroom.Server) *bbb.Client         // a client that remembers nothing
	Chat           Chat

	Secrets  []string      // of the configuration: never to be shown
	CallWait time.Duration // for a callback of BigBlueButton; 8 s if zero
	Now      func() time.Time
}

// Store is what checks read; package storage implements it.
type Store interface {
	Tenants(ctx context.Context) ([]classroom.Tenant, error)
	Servers(ctx context.Context, tenantID string) ([]classroom.Server, error)
	ListPlatforms(ctx context.Context, tenantID string) ([]classroom.Platform, error)
	Deployments(ctx context.Context, platformID string) ([]classroom.Deployment, error)
	FindChatConnection(ctx context.Context, tenantID string) (classroom.ChatConnection, bool, error)

	// Consume and Consumed pass on that a callback came, to whichever process waits for it.
	Consume(ctx context.Context, id string, expires time.Time) error
	Consumed(ctx context.Context, id string) (bool, error)
	// SaveDiagnosis keeps the last report of a tenant, in JSON.
	SaveDiagnosis(ctx context.Context, tenantID, report string, at time.Time) error
	FindDiagnosis(ctx context.Context, tenantID string) (report string, found bool, err error)
}

// Database is the state of the database and of the queue in it.
type Database interface {
	Ping(ctx context.Context) error
	// Migrated reports whether the tables are those of this program.
	Migrated(ctx context.Context) (bool, error)
	// KeyAgrees reports whether our master key opens what is sealed.
	KeyAgrees(ctx context.Context) (bool, error)
	// Waiting is how much work is due, and how long the oldest of it has been.
	Waiting(ctx context.Context) (count int, oldest time.Duration, err error)
}

// Chat is the school's Mattermost; package bridge knows it.
type Chat interface {
	// Verify looks at everything with the bot's own rights, and changes nothing.
	Verify(ctx context.Context, conn classroom.ChatConnection, p *locales.Printer) []classroom.ChatCheck
	// Rehearse posts, edits and deletes in a channel; empty: in one of its own, which
	// it archives. The step is the one that failed.
	Rehearse(ctx context.Context, conn classroom.ChatConnection, channel string) (step string, err error)
}

// within bounds one check.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, checkTime)
}
