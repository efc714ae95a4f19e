package classroom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// PlatformForm is what an admin may change of a registration. Issuer and client id
// stay: another client is another registration.
type PlatformForm struct {
	Name           string
	AuthURL        string
	TokenURL       string
	JWKSURL        string
	Audience       string
	Family         string
	NewDeployments DeploymentState
	FrameOrigins   []string
	OnPremises     bool
	AllowAnonymous bool
	RequireName    bool
	RequireContext bool
}

// FormOf is the form as the registration fills it in.
func FormOf(p Platform) PlatformForm {
	return PlatformForm{
		Name: p.Name, AuthURL: p.AuthURL, TokenURL: p.TokenURL, JWKSURL: p.JWKSURL, Audience: p.Audience, Family: p.Family,
		NewDeployments: p.NewDeployments, FrameOrigins: p.FrameOrigins, OnPremises: p.OnPremises,
		AllowAnonymous: p.AllowAnonymous, RequireName: p.RequireName, RequireContext: p.RequireContext,
	}
}

// apply changes the registration; InputErrors say all that is wrong.
func (f PlatformForm) apply(p *Platform) error {
	origins, wrong := ReadFrameOrigins(f.FrameOrigins)
	p.Name, p.AuthURL, p.TokenURL, p.JWKSURL = strings.TrimSpace(f.Name), f.AuthURL, f.TokenURL, f.JWKSURL
	p.Audience, p.Family, p.FrameOrigins = f.Audience, f.Family, origins
	p.NewDeployments, p.OnPremises = f.NewDeployments, f.OnPremises
	p.AllowAnonymous, p.RequireName, p.RequireContext = f.AllowAnonymous, f.RequireName, f.RequireContext
	switch f.NewDeployments {
	case DeploymentActive, DeploymentPending, DeploymentFirst:
	default:
		wrong = errors.Join(wrong, &InputError{"new-deployments", "console.lti.wrong.choice", fmt.Errorf("new deployments are %q", f.NewDeployments)})
	}
	return errors.Join(wrong, checkFilled("name", p.Name), CheckPlatform(*p))
}

// ReadFrameOrigins keeps scheme and host alone: what frame-ancestors compares.
func ReadFrameOrigins(lines []string) ([]string, error) {
	var origins []string
	var wrong []error
	for _, o := range lines {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || strings.ContainsAny(o, " ;,'") {
			wrong = append(wrong, &InputError{"frame-origin", "console.lti.wrong.origin", fmt.Errorf("--frame-origin %q is not an origin such as https://portal.example.org", o)})
			continue
		}
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return origins, errors.Join(wrong...)
}

// EditPlatform changes a registration of the tenant.
func (c *Classroom) EditPlatform(ctx context.Context, tenantID, id string, f PlatformForm) (was, became Platform, err error) {
	return c.changePlatform(ctx, tenantID, id, func(_ Tx, p *Platform) error {
		return errors.Join(c.Reach.Check(tenantID, f.OnPremises), f.apply(p))
	})
}

// SwitchPlatform refuses all launches of a registration from now on, or accepts
// them again.
func (c *Classroom) SwitchPlatform(ctx context.Context, tenantID, id string, disabled bool) (Platform, error) {
	_, p, err := c.changePlatform(ctx, tenantID, id, func(_ Tx, p *Platform) error {
		p.Disabled = disabled
		return nil
	})
	return p, err
}

// ApprovePlatform accepts the launches of a registration that waits for approval,
// and its deployments that do.
func (c *Classroom) ApprovePlatform(ctx context.Context, tenantID, id string) (Platform, error) {
	_, p, err := c.changePlatform(ctx, tenantID, id, func(tx Tx, p *Platform) error {
		p.Pending = false
		deployments, err := tx.Deployments(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, d := range deployments {
			if d.State != DeploymentPending {
				continue
			}
			d.State = DeploymentActive
			if err := tx.SaveDeployment(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// SetDeployment accepts the launches of a deployment, or refuses them from now on;
// id is ours.
func (c *Classroom) SetDeployment(ctx context.Context, tenantID, platformID, id string, state DeploymentState) (d Deployment, err error) {
	_, _, err = c.changePlatform(ctx, tenantID, platformID, func(tx Tx, p *Platform) error {
		deployments, err := tx.Deployments(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, d = range deployments {
			if d.ID == id {
				d.State = state
				return tx.SaveDeployment(ctx, d)
			}
		}
		return refuse(NotFound, "error.page_unknown")
	})
	return d, err
}

// changePlatform alters a registration of the tenant under its lock.
func (c *Classroom) changePlatform(ctx context.Context, tenantID, id string, alter func(Tx, *Platform) error) (was, became Platform, err error) {
	known, err := c.Store.TenantPlatform(ctx, tenantID, id)
	if err != nil {
		return was, became, err
	}
	err = c.Store.Tx(ctx, func(tx Tx) error {
		p, found, err := tx.LockRegistration(ctx, known.Issuer, known.ClientID)
		if err == nil && (!found || p.ID != id) {
			err = refuse(NotFound, "error.page_unknown")
		}
		if err != nil {
			return err
		}
		was, became = p, p
		if err := alter(tx, &became); err != nil {
			return err
		}
		return tx.SavePlatform(ctx, became)
	})
	return was, became, err
}
