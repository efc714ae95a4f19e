package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// How long a browser stays signed in: unused, and at most.
const (
	SessionIdle = 2 * time.Hour
	SessionMax  = 12 * time.Hour
)

// seenEvery is how often a session's sign of life is written down.
const seenEvery = time.Minute

// Session is a browser that is signed in. Its id is the digest of the token that
// the browser holds: who reads the database cannot be anybody.
type Session struct {
	ID        string
	TenantID  string // of the account
	AccountID string
	Entered   string // the tenant that is looked at; the account's own but for whoever runs the installation
	Method    string // how they signed in: "password", "passkey", "oidc", "link"
	Address   string // from where
	Browser   string // as it calls itself, cut short
	CreatedAt time.Time
	SeenAt    time.Time
	ProvedAt  time.Time // when they last proved who they are
}

// SessionStore keeps sessions; one that ended is deleted.
type SessionStore interface {
	CreateSession(ctx context.Context, s Session) error
	// FindSession reads a session with its account.
	FindSession(ctx context.Context, id string) (Session, Account, bool, error)
	SaveSession(ctx context.Context, s Session) error
	// Sessions lists those of an account, the newest first.
	Sessions(ctx context.Context, tenantID, accountID string) ([]Session, error)
	// EndSession deletes one of that account.
	EndSession(ctx context.Context, tenantID, accountID, id string) error
	// EndSessions deletes all of the account but one; empty: all.
	EndSessions(ctx context.Context, tenantID, accountID, but string) error
	// ForgetSessions deletes those that were last seen, or made, before then.
	ForgetSessions(ctx context.Context, seenBefore, madeBefore time.Time) error
}

// newToken is what a browser holds, with the session id that it has here.
func newToken() (token, id string) {
	token = rand.Text() + rand.Text()
	return token, sessionID(token)
}

func sessionID(token string) string {
	sum := sha256.Sum256([]byte("console session " + token))
	return hex.EncodeToString(sum[:])
}

func (s Session) expired(now time.Time) bool {
	return now.Sub(s.SeenAt) >= SessionIdle || now.Sub(s.CreatedAt) >= SessionMax
}
