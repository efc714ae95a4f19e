package classroom

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Invitation lets an admin of an LMS register it, once. Whoever knows its code
// may use it; what is stored finds the code and does not tell it.
type Invitation struct {
	ID          string
	TenantID    string
	Hash        string // of the code
	Name        string // of the platform to come
	OnPremises  bool   // it may have http and private addresses
	Pending     bool   // it has to be approved
	PlatformID  string // what was registered with it; empty until then
	ExpiresAt   time.Time
	UsedAt      time.Time
	WithdrawnAt time.Time
	CreatedAt   time.Time
}

// InvitationStore holds invitations to register.
type InvitationStore interface {
	CreateInvitation(ctx context.Context, i Invitation) error
	// FindInvitation finds it by the hash of its code.
	FindInvitation(ctx context.Context, hash string) (Invitation, bool, error)
	// Invitations lists the tenant's, oldest first.
	Invitations(ctx context.Context, tenantID string) ([]Invitation, error)
	// WithdrawInvitation answers NotFound when there is none that could still be used.
	WithdrawInvitation(ctx context.Context, tenantID, id string, at time.Time) error
	// ClaimInvitation sets the invitation aside for one registration: true if it
	// may be used and nobody else's claim lasts beyond now.
	ClaimInvitation(ctx context.Context, id, claim string, now, until time.Time) (bool, error)
	// ReleaseInvitation gives it back after a registration that failed.
	ReleaseInvitation(ctx context.Context, id, claim string) error
	// UseInvitation uses it up; NotFound when the claim is not held any more.
	UseInvitation(ctx context.Context, id, claim, platformID string, at time.Time) error
	// ForgetInvitations deletes those that expired before then, used or not.
	ForgetInvitations(ctx context.Context, before time.Time) error
}

// InvitationLife is how long an invitation is good for when nobody says otherwise.
const InvitationLife = 7 * 24 * time.Hour

// invitationKept is how long an admin can still see what became of one that has expired.
const invitationKept = 30 * 24 * time.Hour

// codeBytes of randomness make a code that nobody guesses.
const codeBytes = 20

// NewInvitation completes an invitation, which the caller stores, and makes its
// code, which is to be told once and is kept nowhere.
func NewInvitation(i Invitation, now time.Time, life time.Duration) (Invitation, string) {
	raw := make([]byte, codeBytes)
	_, _ = rand.Read(raw) // never fails
	code := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	i.ID = uuid.Must(uuid.NewV7()).String()
	i.Hash, i.CreatedAt, i.ExpiresAt = hashOf(code), now.UTC(), now.UTC().Add(life)
	return i, code
}

// hashOf is how a code is stored and found. Codes are random, so one round is
// enough; and a search for a hash tells by its time nothing of any code.
func hashOf(code string) string {
	digest := sha256.Sum256([]byte(strings.ToLower(code)))
	return hex.EncodeToString(digest[:])
}

// InvitationState is where an invitation stands.
type InvitationState string

const (
	InvitationOpen      InvitationState = "open"
	InvitationUsed      InvitationState = "used"
	InvitationExpired   InvitationState = "expired"
	InvitationWithdrawn InvitationState = "withdrawn"
)

// State is where it stands at that time.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.WithdrawnAt.IsZero():
		return InvitationWithdrawn
	case !i.UsedAt.IsZero():
		return InvitationUsed
	case !now.Before(i.ExpiresAt):
		return InvitationExpired
	}
	return InvitationOpen
}

// Invitation finds the invitation of a code: one to be used, or one that was used
// and still shows what became of it.
func (c *Classroom) Invitation(ctx context.Context, code string) (Invitation, error) {
	i, found, err := c.Store.FindInvitation(ctx, hashOf(code))
	switch {
	case err != nil:
		return Invitation{}, err
	case !found:
		return Invitation{}, &Error{Code: NotFound, Message: "error.invitation_unknown", Err: errors.New("no invitation has that code")}
	case i.State(c.Now()) == InvitationWithdrawn:
		return Invitation{}, &Error{Code: Expired, Message: "error.invitation_withdrawn", Err: errors.New("invitation " + i.ID)}
	case !c.Now().Before(i.ExpiresAt):
		return Invitation{}, &Error{Code: Expired, Message: "error.invitation_expired", Err: errors.New("invitation " + i.ID)}
	}
	return i, nil
}

// openInvitation finds one that can be used.
func (c *Classroom) openInvitation(ctx context.Context, code string) (Invitation, error) {
	i, err := c.Invitation(ctx, code)
	if err == nil && i.State(c.Now()) == InvitationUsed {
		err = &Error{Code: Conflict, Message: "error.invitation_used", Err: errors.New("invitation " + i.ID)}
	}
	return i, err
}
