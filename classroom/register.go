package classroom

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"classbridge/lti"
)

// RegistrationRequest is what an LMS gives to the page that it opens for its
// admin (Dynamic Registration §3.2).
type RegistrationRequest struct {
	ConfigURL string // openid_configuration
	Token     string // registration_token: the LMS's own affair; some give none
	Opener    string // origin of the page that opened ours, where the browser tells
	Agreed    string // Digest of the Offer that the admin has agreed to, to Register
}

// Offer is what registering would do. Making one changes nothing, here or at the LMS.
type Offer struct {
	Invitation   Invitation
	LMS          *lti.PlatformConfiguration
	Registration *lti.Registration
}

// Digest is another one when something else would be registered, of another LMS, or
// tokens would be asked for elsewhere. Where the registration goes does not count:
// that address may be good for one time only.
func (o Offer) Digest() (string, error) {
	offered, err := json.Marshal([]any{o.LMS.Issuer, o.LMS.AuthURL, o.LMS.TokenURL, o.LMS.JWKSURL, o.LMS.Audience, o.LMS.Family, o.Registration})
	if err != nil {
		return "", fmt.Errorf("digest of an offer: %w", err)
	}
	digest := sha256.Sum256(offered)
	return base64.RawURLEncoding.EncodeToString(digest[:]), nil
}

// ErrOfferChanged says that the LMS now offers something else than its admin has
// agreed to. Nothing was registered.
var ErrOfferChanged = errors.New("the LMS offers something else than was agreed to")

// Offer reads what the LMS says of itself, and makes of it what would be registered.
// Errors beside this package's own are *lti.RegistrationError.
func (c *Classroom) Offer(ctx context.Context, code string, r RegistrationRequest, logoURL string) (Offer, error) {
	i, err := c.openInvitation(ctx, code)
	if err != nil {
		return Offer{}, err
	}
	return c.offer(ctx, i, r, logoURL)
}

func (c *Classroom) offer(ctx context.Context, i Invitation, r RegistrationRequest, logoURL string) (Offer, error) {
	lms, err := c.Registrar.Configuration(ctx, r.ConfigURL, r.Token, i.OnPremises)
	if err != nil {
		return Offer{}, err
	}
	return Offer{i, lms, c.Tool.RegistrationFor(lms, c.Describe(logoURL))}, nil
}

const (
	// claimLife is longer than a request may take; should its process end, the
	// invitation is free again after this.
	claimLife = 2 * time.Minute
	// storeLife is for writing down what the LMS has already done, whether or not
	// its admin's browser still waits.
	storeLife = 10 * time.Second
)

// Register registers the LMS with the invitation, which is then used up; what was
// registered before of the same client keeps its id, its history and what the
// school decided for it. A registration that fails leaves the invitation as it was.
// What was not agreed to is not registered: ErrOfferChanged.
func (c *Classroom) Register(ctx context.Context, code string, r RegistrationRequest, logoURL string) (Platform, error) {
	i, err := c.openInvitation(ctx, code)
	if err != nil {
		return Platform{}, err
	}
	claim, now := rand.Text(), c.Now()
	held, err := c.Store.ClaimInvitation(ctx, i.ID, claim, now, now.Add(claimLife))
	if err != nil {
		return Platform{}, err
	}
	if !held {
		return Platform{}, &Error{Code: Conflict, Message: "error.invitation_busy", Err: errors.New("invitation " + i.ID + " is claimed")}
	}
	p, err := c.registerClaimed(ctx, i, claim, r, logoURL)
	if err != nil {
		c.releaseInvitation(ctx, i, claim)
	}
	return p, err
}

func (c *Classroom) registerClaimed(ctx context.Context, i Invitation, claim string, r RegistrationRequest, logoURL string) (Platform, error) {
	o, err := c.offer(ctx, i, r, logoURL)
	if err != nil {
		return Platform{}, err
	}
	if offered, err := o.Digest(); err != nil || offered != r.Agreed {
		return Platform{}, cmp.Or(err, ErrOfferChanged)
	}
	done, err := c.Registrar.Register(ctx, o.LMS, r.Token, o.Registration, i.OnPremises)
	if err != nil {
		return Platform{}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeLife)
	defer cancel()
	s := signup{invitation: i, claim: claim, lms: o.LMS, done: done, opener: r.Opener, now: c.Now()}
	p, err := c.keep(ctx, s)
	if err != nil {
		// The LMS has it, we have not: whoever reads this can add it by hand.
		c.Log.ErrorContext(ctx, "a registration was not stored", "invitation", i.ID, "issuer", o.LMS.Issuer, "client_id", done.ClientID, "err", err)
	}
	return p, err
}

func (c *Classroom) releaseInvitation(ctx context.Context, i Invitation, claim string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeLife)
	defer cancel()
	if err := c.Store.ReleaseInvitation(ctx, i.ID, claim); err != nil {
		c.Log.WarnContext(ctx, "an invitation is not free before its claim ends", "invitation", i.ID, "err", err)
	}
}

// keysWithin is how long an admin is kept waiting for the LMS's public keys.
const keysWithin = 4 * time.Second

// FetchKeys fetches the platform's key set now, so that one that cannot be had is
// found by an admin and not by a class.
func (c *Classroom) FetchKeys(ctx context.Context, p Platform) error {
	ctx, cancel := context.WithTimeout(ctx, keysWithin)
	defer cancel()
	err := c.Tool.Keys.Prefetch(ctx, p.JWKSURL, p.OnPremises)
	if err != nil {
		c.Log.WarnContext(ctx, "launches are refused until the platform's keys can be fetched", "platform", p.ID, "err", err)
	}
	return err
}
