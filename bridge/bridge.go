package bridge

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"classbridge/classroom"
	"classbridge/locales"
)

// Bridge speaks to the Mattermost of each tenant. It is safe for concurrent use.
type Bridge struct {
	Connections Connections
	// HTTP is how a tenant's Mattermost is reached: only its Transport is used,
	// which guards what may be dialled.
	HTTP  func(tenantID string) *http.Client
	Texts *locales.Catalogue
	Now   func() time.Time
	Log   *slog.Logger
	// Observe, if set, is told of every call: result is ok, busy, refused (the
	// server said no) or failed (it did not answer, or with a 5xx).
	Observe func(call, result string, d time.Duration)

	mu   sync.Mutex
	bots map[string]*bot // by tenant
}

var _ classroom.Chat = (*Bridge)(nil)

// Connections finds how a tenant's Mattermost is reached. It is asked at every
// call, so that what an admin changes takes effect at once.
type Connections interface {
	FindChatConnection(ctx context.Context, tenantID string) (c classroom.ChatConnection, found bool, err error)
}

// bot is our account on one server. Its ids may be read once identify has
// succeeded: they do not change any more.
type bot struct {
	*server
	login *server // the same one at a pace of its own: anybody can make us exchange codes
	conn  classroom.ChatConnection

	asking singleflight.Group
	mu     sync.Mutex // guards what follows
	id     string
	teamID string
	failed error     // the last answer to who we are,
	until  time.Time // and how long it stands
}

// bot returns the tenant's bot, kept as long as its connection stays the same.
func (b *Bridge) bot(ctx context.Context, tenantID string) (*bot, error) {
	conn, found, err := b.Connections.FindChatConnection(ctx, tenantID)
	if err != nil {
		return nil, fmt.Errorf("find the chat of tenant %s: %w", tenantID, err)
	}
	if !found {
		return nil, classroom.ErrNoChat
	}
	u := b.keep(tenantID, conn)
	if err := u.identify(ctx); err != nil {
		return nil, err
	}
	return u, nil
}

func (b *Bridge) keep(tenantID string, conn classroom.ChatConnection) *bot {
	conn.UpdatedAt = time.Time{} // the same instant can be written in several ways
	b.mu.Lock()
	defer b.mu.Unlock()
	if u := b.bots[tenantID]; u != nil && u.conn == conn {
		return u
	}
	if b.bots == nil {
		b.bots = map[string]*bot{}
	}
	u := b.newBot(conn)
	b.bots[tenantID] = u
	return u
}

func (b *Bridge) newBot(conn classroom.ChatConnection) *bot {
	client := b.HTTP(conn.TenantID)
	ours, login := newServer(conn.URL, client, b.Now, b.Observe), newServer(conn.URL, client, b.Now, b.Observe)
	return &bot{server: ours.as(conn.Token), login: login, conn: conn, id: conn.BotID, teamID: conn.TeamID}
}
