package lti

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Preset is what is the same at every LMS of one kind, so that a registration by
// hand takes no more than what the school alone knows (LTI Core §3.1.2).
type Preset struct {
	Name   string // by which it is chosen
	LMS    string // as people call it
	Family string // product_family_code, as it would tell itself

	// Shared says that many schools have this issuer, so that any of them may make
	// deployments of a client, and that its pages are not at the issuer's address.
	Shared bool

	// InstitutionTeaches says that launches name what somebody is in the course by
	// a role in the institution, and no role in the course.
	InstitutionTeaches bool

	// Custom are the parameters to ask for by hand where the LMS has the variables:
	// what a registration that the LMS makes by itself brings along.
	Custom map[string]string

	// Addresses hold {school} and {client} where they depend on these, and are
	// empty where each installation, or even each link, has its own.
	issuer, authURL, tokenURL, jwksURL string
	audience                           string // of client assertions, where it is not the token URL
	frames                             []string
}

const (
	theSchool = "{school}"
	theClient = "{client}"
)

// What an admin may have to tell, in the order in which to ask for it.
const (
	NeedURL      = "url" // of the LMS, as browsers see it
	NeedIssuer   = "issuer"
	NeedClientID = "client-id"
	NeedTokenURL = "token-url"
	NeedJWKSURL  = "jwks-url"
)

// Needs lists what only the school knows.
func (p Preset) Needs() []string {
	needs := []string{NeedClientID}
	for _, n := range []struct {
		need    string
		missing bool
	}{
		{NeedURL, p.needsURL()},
		{NeedIssuer, p.issuer == ""},
		{NeedTokenURL, p.tokenURL == ""},
		{NeedJWKSURL, p.jwksURL == ""},
	} {
		if n.missing {
			needs = append(needs, n.need)
		}
	}
	return needs
}

func (p Preset) needsURL() bool {
	return strings.Contains(p.issuer+p.authURL+p.tokenURL+p.jwksURL+strings.Join(p.frames, " "), theSchool)
}

// Platform is a registration with all that the preset knows. school is the address
// of the school's LMS, which may be empty where the preset does not need it. What
// else it needs is left empty, for the caller to fill in.
func (p Preset) Platform(school, clientID string) (Platform, error) {
	if p.needsURL() || school != "" {
		base, err := schoolAddress(school)
		if err != nil {
			return Platform{}, err
		}
		school = base
	}
	r := strings.NewReplacer(theSchool, school, theClient, url.PathEscape(clientID))
	return Platform{
		Issuer: r.Replace(p.issuer), ClientID: clientID, Family: p.Family, Audience: p.audience,
		AuthURL: r.Replace(p.authURL), TokenURL: r.Replace(p.tokenURL), JWKSURL: r.Replace(p.jwksURL),
	}, nil
}

// Frames lists the origins whose pages frame a tool, beside the issuer's and that of
// the authentication: an LMS of many schools shows its pages at the schools' own.
func (p Preset) Frames(school string) []string {
	if !p.Shared {
		return nil
	}
	origins := slices.DeleteFunc(slices.Clone(p.frames), func(o string) bool { return o == theSchool })
	if u, err := url.Parse(school); err == nil && u.Host != "" {
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return origins
}

// schoolAddress is the address without a slash at its end, as LMSs write their
// issuer. What people copy out of their browser is refused: a page is no LMS.
func schoolAddress(raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return "", errors.New("the address of the LMS is missing")
	case err != nil || u.String() != raw || !webAddress(raw, true):
		return "", fmt.Errorf("%q is not the address of an LMS", raw)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || strings.HasSuffix(u.Path, ".php"):
		return "", fmt.Errorf("%q is the address of a page: the LMS's own ends before it", raw)
	}
	return strings.TrimRight(raw, "/"), nil
}

// SharedIssuer reports an issuer that many schools have: any of them may make
// deployments of a client.
func SharedIssuer(issuer string) bool {
	return slices.ContainsFunc(Presets(), func(p Preset) bool { return p.Shared && p.issuer == issuer })
}

// FindPreset returns the preset of that name.
func FindPreset(name string) (Preset, bool) {
	all := Presets()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return all[i], true
}
