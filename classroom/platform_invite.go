package classroom

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// maxInvitation is how long an invitation may be good for: its address travels
// through mail and chats.
const maxInvitation = 90 * 24 * time.Hour

const platformNameLimit = 200

// InvitationWish is what somebody wants of an invitation.
type InvitationWish struct {
	Name       string // of the platform to come
	OnPremises bool
	Pending    bool // what is registered has to be approved
	For        time.Duration
}

// Invite makes an address by which an LMS registers itself, once. The address is
// to be told now: it is kept nowhere.
func (c *Classroom) Invite(ctx context.Context, tenantID string, w InvitationWish) (i Invitation, address string, err error) {
	w.Name = strings.TrimSpace(w.Name)
	err = errors.Join(c.Reach.Check(tenantID, w.OnPremises), checkFilled("name", w.Name))
	if utf8.RuneCountInString(w.Name) > platformNameLimit {
		err = &InputError{"name", "console.lti.wrong.long", fmt.Errorf("--name has more than %d characters", platformNameLimit)}
	}
	if w.For < time.Minute || w.For > maxInvitation {
		err = errors.Join(err, &InputError{"for", "console.lti.wrong.for", fmt.Errorf("--for %s: an invitation is good for between 1m and %s", w.For, maxInvitation)})
	}
	if err != nil {
		return i, "", err
	}
	i, code := NewInvitation(Invitation{TenantID: tenantID, Name: w.Name, OnPremises: w.OnPremises, Pending: w.Pending}, c.Now(), w.For)
	if err := c.Store.CreateInvitation(ctx, i); err != nil {
		return i, "", fmt.Errorf("invite: %w", err)
	}
	return i, c.URL + "/lti/register/" + code, nil
}
