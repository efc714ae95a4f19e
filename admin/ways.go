package admin

import (
	"context"
	"fmt"
)

// WaysIn is how an account may sign in, besides its password.
type WaysIn struct {
	Passkeys     []Passkey
	Provider     bool // its school has a sign-in of its own
	ProviderName string
	Linked       bool // and the account is known there
}

// WaysIn lists how an account may sign in.
func (c *Console) WaysIn(ctx context.Context, a Account) (w WaysIn, err error) {
	if w.Passkeys, err = c.Store.Passkeys(ctx, a.TenantID, a.ID); err != nil {
		return w, fmt.Errorf("passkeys: %w", err)
	}
	p, on, err := c.SSO(ctx, a.TenantID)
	if err != nil || !on {
		return w, err
	}
	w.Provider, w.ProviderName = true, p.Name
	identities, err := c.Store.Identities(ctx, a.TenantID, a.ID)
	if err != nil {
		return w, fmt.Errorf("identities: %w", err)
	}
	for _, i := range identities {
		w.Linked = w.Linked || i.Issuer == p.Issuer
	}
	return w, nil
}

// sessionsShown bounds what a page lists; sessions end by themselves within hours.
const sessionsShown = 50

// SessionsOf lists the browsers in which an account is signed in, the newest first.
func (c *Console) SessionsOf(ctx context.Context, a Account) ([]Session, error) {
	all, err := c.Store.Sessions(ctx, a.TenantID, a.ID)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	var open []Session
	for _, s := range all {
		if len(open) < sessionsShown && !s.expired(c.Now()) {
			open = append(open, s)
		}
	}
	return open, nil
}
