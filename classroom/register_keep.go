package classroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"classbridge/lti"
)

// signup is a registration that the LMS has made and we are to keep.
type signup struct {
	invitation Invitation
	claim      string
	lms        *lti.PlatformConfiguration
	done       *lti.Registered
	opener     string
	now        time.Time
}

// keep stores the registration and uses up the invitation, both or neither.
func (c *Classroom) keep(ctx context.Context, s signup) (Platform, error) {
	var (
		p     Platform
		known bool
	)
	err := c.Store.Tx(ctx, func(tx Tx) (err error) {
		p, known, err = tx.LockRegistration(ctx, s.lms.Issuer, s.done.ClientID)
		switch {
		case err != nil:
			return err
		case known && p.TenantID != s.invitation.TenantID:
			return &Error{Code: Forbidden, Message: "error.register_elsewhere", Err: fmt.Errorf("platform %s is of another tenant", p.ID)}
		case known:
			s.update(&p)
			err = tx.SavePlatform(ctx, p)
		default:
			p = s.platform()
			err = tx.CreatePlatform(ctx, p, nil)
		}
		if err == nil {
			err = unmistakable(ctx, tx, p)
		}
		if err == nil {
			err = s.deploy(ctx, tx, p)
		}
		if err == nil {
			err = s.use(ctx, tx, p)
		}
		return err
	})
	if err != nil {
		return Platform{}, err
	}
	c.Log.InfoContext(ctx, "platform registered", "tenant", p.TenantID, "platform", p.ID, "invitation", s.invitation.ID, "known_before", known,
		"issuer", p.Issuer, "client_id", p.ClientID, "deployment", s.done.DeploymentID, "family", p.Family, "version", p.Version, "pending", p.Pending)
	return p, nil
}

// platform is a registration that there was not before.
func (s signup) platform() Platform {
	p := Platform{
		Platform: lti.Platform{ID: newID(), Issuer: s.lms.Issuer, ClientID: s.done.ClientID},
		TenantID: s.invitation.TenantID, Name: cmp.Or(s.invitation.Name, hostOf(s.lms.Issuer)),
		Pending: s.invitation.Pending, Channels: ChannelAtFirstLaunch, NewDeployments: DeploymentPending, Record: true,
		CreatedAt: s.now,
	}
	// An LMS that tells no deployment makes it when its admin installs the tool, as
	// Canvas does: the invitation stands for the first to come. Where schools share
	// the issuer, that may be another one's.
	if s.done.DeploymentID == "" && !s.invitation.Pending && !lti.SharedIssuer(p.Issuer) {
		p.NewDeployments = DeploymentFirst
	}
	s.update(&p)
	return p
}

// update writes what the LMS says of itself, and leaves what the school decided.
// A registration that waits for approval has it when the invitation says so; one
// that is disabled stays so.
func (s signup) update(p *Platform) {
	p.AuthURL, p.TokenURL, p.JWKSURL, p.Audience = s.lms.AuthURL, s.lms.TokenURL, s.lms.JWKSURL, s.lms.Audience
	p.Family, p.Version = s.lms.Family, s.lms.Version
	p.OnPremises = p.OnPremises || s.invitation.OnPremises
	p.Pending = p.Pending && s.invitation.Pending
	p.FrameOrigins = s.frameOrigins(*p)
	if p.Progress.RegisteredAt.IsZero() {
		p.Progress.RegisteredAt = s.now
	}
}

// frameOrigins adds whose pages frame ours beside the issuer's and the login's:
// the one that did when its admin registered, and all of Canvas, whose schools
// have names of their own.
func (s signup) frameOrigins(p Platform) []string {
	origins := slices.Clone(p.FrameOrigins)
	for _, o := range FrameOriginsBeside(s.lms, s.opener) {
		if !slices.Contains(origins, o) {
			origins = append(origins, o)
		}
	}
	return origins
}

// FrameOriginsBeside lists the origins that frame our pages beside those that the
// LMS's own addresses have.
func FrameOriginsBeside(lms *lti.PlatformConfiguration, opener string) []string {
	var origins []string
	plain := strings.HasPrefix(opener, "http:") && !strings.HasPrefix(lms.Issuer, "http:")
	if o := origin(opener); o != "" && !plain && o != origin(lms.Issuer) && o != origin(lms.AuthURL) {
		origins = append(origins, o)
	}
	if lms.Family == lti.FamilyCanvas {
		origins = append(origins, "https://*.instructure.com")
	}
	return origins
}

// deploy keeps the deployment that the LMS has made with the registration, if it
// tells one.
func (s signup) deploy(ctx context.Context, tx Tx, p Platform) error {
	if s.done.DeploymentID == "" {
		return nil
	}
	state := DeploymentActive
	if s.invitation.Pending {
		state = DeploymentPending
	}
	d, found, err := tx.FindDeployment(ctx, p.ID, s.done.DeploymentID)
	switch {
	case err != nil:
		return err
	case !found:
		return tx.CreateDeployment(ctx, Deployment{
			ID: newID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: s.done.DeploymentID, State: state, CreatedAt: s.now,
		})
	case d.State == DeploymentPending && state == DeploymentActive:
		d.State = state
		return tx.SaveDeployment(ctx, d)
	}
	return nil
}

func (s signup) use(ctx context.Context, tx Tx, p Platform) error {
	err := tx.UseInvitation(ctx, s.invitation.ID, s.claim, p.ID, s.now)
	if Is(err, NotFound) { // withdrawn meanwhile, or it took longer than a claim lasts
		return &Error{Code: Conflict, Message: "error.invitation_used", Err: errors.New("the claim is not held any more")}
	}
	return err
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}
