package classroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"classbridge/lti"
)

// RegistrationForm is a registration as an admin fills it in by hand, with or
// without a preset; what is given beside a preset counts more.
type RegistrationForm struct {
	Preset        string // name of an lti.Preset; empty: everything by hand
	URL           string // of the school's LMS, for a preset
	Name          string
	Issuer        string
	ClientID      string
	AuthURL       string
	TokenURL      string
	JWKSURL       string
	Audience      string
	Family        string
	DeploymentIDs []string
	OnPremises    bool
}

// Platform is the registration that the form makes: InputErrors for all that is
// wrong with it.
func (f RegistrationForm) Platform(tenantID string) (Platform, error) {
	p, err := f.start()
	if err != nil {
		return p, err
	}
	p.ID, p.TenantID, p.OnPremises = newID(), tenantID, f.OnPremises
	p.Issuer, p.ClientID = cmp.Or(f.Issuer, p.Issuer), f.ClientID
	p.Channels, p.NewDeployments, p.Record = ChannelAtFirstLaunch, DeploymentPending, true
	f.Apply(&p)
	p.Name = cmp.Or(p.Name, hostNameOf(p.Issuer), p.Issuer)
	return p, nil
}

// start is what the preset knows.
func (f RegistrationForm) start() (p Platform, err error) {
	if f.Preset == "" {
		if f.URL != "" {
			err = &InputError{"url", "console.lti.wrong.url", errors.New("--url is for a --preset: otherwise give --issuer and the other addresses")}
		}
		return p, err
	}
	preset, found := lti.FindPreset(f.Preset)
	if !found {
		return p, &InputError{"preset", "console.lti.wrong.preset", fmt.Errorf("there is no preset %q: classbridge platform presets", f.Preset)}
	}
	known, err := preset.Platform(f.URL, f.ClientID)
	if err != nil {
		return p, &InputError{"url", "console.lti.wrong.url", fmt.Errorf("--url: %w", err)}
	}
	p = Platform{Platform: known, FrameOrigins: preset.Frames(f.URL), Name: cmp.Or(hostNameOf(f.URL), preset.LMS)}
	if preset.InstitutionTeaches {
		p.Roles.Switches = map[RoleSwitch]bool{InstitutionTeachers: true}
	}
	return p, nil
}

// hostNameOf is what an LMS is called when nobody calls it otherwise.
func hostNameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Apply changes a registration by what is filled in; what is not, stays.
func (f RegistrationForm) Apply(p *Platform) {
	p.Name = cmp.Or(f.Name, p.Name)
	p.AuthURL = cmp.Or(f.AuthURL, p.AuthURL)
	p.TokenURL = cmp.Or(f.TokenURL, p.TokenURL)
	p.JWKSURL = cmp.Or(f.JWKSURL, p.JWKSURL)
	p.Audience = cmp.Or(f.Audience, p.Audience)
	p.Family = cmp.Or(f.Family, p.Family)
}

// CheckPlatform answers InputErrors for everything that is wrong with the
// addresses of a registration.
func CheckPlatform(p Platform) error {
	wrong := []error{checkFilled("issuer", p.Issuer), checkFilled("client-id", p.ClientID)}
	for _, a := range []struct{ field, url string }{
		{"auth-url", p.AuthURL}, {"token-url", p.TokenURL}, {"jwks-url", p.JWKSURL},
	} {
		wrong = append(wrong, checkAddress(a.field, a.url, p.OnPremises))
	}
	return errors.Join(wrong...)
}

func checkFilled(field, value string) error {
	if strings.TrimSpace(value) == "" {
		return &InputError{field, "console.lti.wrong.empty", fmt.Errorf("--%s is empty", field)}
	}
	return nil
}

func checkAddress(field, address string, onPremises bool) error {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return &InputError{field, "console.lti.wrong.empty", fmt.Errorf("--%s is missing", field)}
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil:
		return &InputError{field, "console.lti.wrong.address", fmt.Errorf("--%s %q is not an address", field, address)}
	case u.Scheme == "http" && !onPremises:
		return &InputError{field, "console.lti.wrong.https", fmt.Errorf("--%s %q is without https: only a platform with --on-premises may be", field, address)}
	}
	return nil
}

// AddPlatform registers an LMS by hand: Conflict if that client of the issuer is
// registered, by whomever.
func (c *Classroom) AddPlatform(ctx context.Context, tenantID string, f RegistrationForm) (Platform, error) {
	p, err := f.Platform(tenantID)
	if err == nil {
		err = errors.Join(c.Reach.Check(tenantID, p.OnPremises), CheckPlatform(p))
	}
	if err != nil {
		return p, err
	}
	p.CreatedAt = c.Now()
	err = c.Store.Tx(ctx, func(tx Tx) error { return tx.CreatePlatform(ctx, p, f.DeploymentIDs) })
	if Is(err, Conflict) {
		err = &InputError{"client-id", "console.lti.wrong.taken", err}
	}
	return p, err
}
