package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"classbridge/classroom"
	"classbridge/lti"
)

// platformCommands are about registrations at LMSs.
type platformCommands struct {
	Add     platformAdd     `cmd:"" help:"Register an LMS; prints what to tell it."`
	Presets platformPresets `cmd:"" help:"List the LMSs whose addresses are known, what each needs, and what its form asks for."`
	List    platformList    `cmd:"" help:"List the registrations with their deployments, disabled ones too."`
	Edit    platformEdit    `cmd:"" help:"Change a registration; what is not given stays."`
	Disable platformDisable `cmd:"" help:"Refuse all launches of a registration from now on."`
	Enable  platformEnable  `cmd:"" help:"Accept its launches again."`
	Approve platformApprove `cmd:"" help:"Accept the launches of a registration that waits for approval, and its deployments that do."`
	Delete  platformDelete  `cmd:"" help:"Say what would go with a disabled registration; delete it for good with --yes."`

	Invite      platformInvite      `cmd:"" help:"Make a one-time address by which an LMS registers itself."`
	Invitations platformInvitations `cmd:"" help:"List the invitations; never their addresses."`
	Withdraw    platformWithdraw    `cmd:"" help:"Take an invitation back."`
}

// platformAddresses are what an LMS tells of itself (LTI Core §3.1.2).
type platformAddresses struct {
	Name     string `name:"name" placeholder:"NAME" help:"What to call it."`
	AuthURL  string `name:"auth-url" placeholder:"URL" help:"Authentication request URL."`
	TokenURL string `name:"token-url" placeholder:"URL" help:"Access token URL."`
	JWKSURL  string `name:"jwks-url" placeholder:"URL" help:"Public key set URL."`
	Audience string `name:"audience" placeholder:"AUDIENCE" help:"Audience of our tokens, where it is not the access token URL (Brightspace)."`
	Family   string `name:"family" placeholder:"CODE" help:"Its product family code, such as moodle or canvas: what is particular about it is then minded."`
}

func (a platformAddresses) form() classroom.RegistrationForm {
	return classroom.RegistrationForm{
		Name: a.Name, AuthURL: a.AuthURL, TokenURL: a.TokenURL, JWKSURL: a.JWKSURL, Audience: a.Audience, Family: a.Family,
	}
}

type platformAdd struct {
	Preset   string `name:"preset" placeholder:"NAME" help:"Kind of LMS, whose addresses are known: classbridge platform presets. What is given beside it counts more."`
	URL      string `name:"url" placeholder:"URL" help:"Address of the school's LMS, for a preset."`
	Issuer   string `name:"issuer" placeholder:"URL" help:"Platform id."`
	ClientID string `name:"client-id" placeholder:"ID" help:"Client id that the LMS gave to this tool."`
	platformAddresses
	DeploymentID []string `name:"deployment-id" placeholder:"ID" sep:"none" help:"Deployment id that the LMS shows; repeat it for several."`
	platformSwitches
	JSON bool `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c platformAdd) Run(ctx context.Context, p *program) error {
	platform, err := c.platform()
	if err != nil {
		return err
	}
	cfg, err := p.publicConfig()
	if err != nil {
		return err
	}
	platform.CreatedAt = p.now()
	err = p.withStore(ctx, cfg, func(s *store) error {
		if err := s.CreatePlatform(ctx, platform, c.DeploymentID); err != nil {
			return err
		}
		return p.warnIfMistakable(ctx, s, platform)
	})
	switch {
	case classroom.Is(err, classroom.Conflict):
		return fmt.Errorf("client %s of %s is registered already: classbridge platform list", platform.ClientID, platform.Issuer)
	case err != nil:
		return err
	}
	if err := p.prefetch(ctx, platform); err != nil {
		p.warn("launches will be refused until its keys can be fetched: %v", err)
	}
	return c.print(p, cfg, platform)
}

// warnIfMistakable: an admin has typed it and may know better, as after a move.
func (p *program) warnIfMistakable(ctx context.Context, s *store, platform classroom.Platform) error {
	other, found, err := classroom.FindMistakable(ctx, s, platform)
	if found {
		p.warn("%s (%s) has the same client id and token server, but another issuer: if that is another LMS, one of them gets tokens that are meant for the other",
			other.Name, other.ID)
	}
	return err
}

func (c platformAdd) platform() (classroom.Platform, error) {
	p, err := c.form().Platform(classroom.DefaultTenant)
	if err != nil {
		return p, usageError{err}
	}
	frames := p.FrameOrigins
	if err := errors.Join(c.platformSwitches.apply(&p), classroom.CheckPlatform(p)); err != nil {
		return classroom.Platform{}, usageError{err}
	}
	if len(c.FrameOrigin) > 0 {
		p.FrameOrigins = append(frames, p.FrameOrigins...)
	}
	return p, nil
}

func (c platformAdd) form() classroom.RegistrationForm {
	f := c.platformAddresses.form()
	f.Preset, f.URL, f.Issuer, f.ClientID = c.Preset, c.URL, c.Issuer, c.ClientID
	return f
}

// print tells what the LMS has to be told.
func (c platformAdd) print(p *program, cfg config, platform classroom.Platform) error {
	tool := lti.Tool{URL: cfg.URL}
	if c.JSON {
		return p.printJSON(map[string]string{
			"id": platform.ID, "name": platform.Name,
			"login_url": tool.LoginURL(), "launch_url": tool.RedirectURI(), "jwks_url": tool.JWKSURL(),
		})
	}
	form, lms, doc := lti.PlainForm(&tool), "the LMS", "docs/lms"
	if preset, found := lti.FindPreset(c.Preset); found {
		form, lms, doc = preset.Form(&tool), preset.LMS, docOf(preset)
	}
	fmt.Fprintf(p.out, "added %s as %s\n\n", platform.Name, platform.ID)
	printForm(p, form, lms)
	fmt.Fprintf(p.out, "\nMore in %s\n", doc)
	if len(c.DeploymentID) == 0 && platform.NewDeployments == classroom.DeploymentPending {
		fmt.Fprintln(p.out, "No deployment is approved yet. Open a class from the LMS once, look at it by classbridge deployment list, and approve it: classbridge deployment approve ID")
	}
	return nil
}

// prefetch fetches the key set now, so that a wrong address is found by an admin
// and not by a class.
func (p *program) prefetch(ctx context.Context, platform classroom.Platform) error {
	return newPlatformKeys(newClients(p.env), p.now, slog.New(slog.DiscardHandler)).Prefetch(ctx, platform.JWKSURL, platform.OnPremises)
}
