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
	// deployments of a client.
	Shared bool

	// InstitutionTeaches says that launches name what somebody is in the course by
	// a role in the institution, and no role in the course.
	InstitutionTeaches bool

	// Addresses hold {school} and {client} where they depend on these, and are
	// empty where each installation, or even each link, has its own.
	issuer, authURL, tokenURL, jwksURL string
	audience                           string // of client assertions, where it is not the token URL
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
	return strings.Contains(p.issuer+p.authURL+p.tokenURL+p.jwksURL, theSchool)
}

// Platform is a registration with all that the preset knows. school is the address
// of the school's LMS, empty where the preset does not need it. What else it needs
// is left empty, for the caller to fill in.
func (p Preset) Platform(school, clientID string) (Platform, error) {
	switch {
	case !p.needsURL() && school != "":
		return Platform{}, fmt.Errorf("%s has the same addresses at all schools: leave its own out", p.LMS)
	case p.needsURL():
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

// FindPreset returns the preset of that name.
func FindPreset(name string) (Preset, bool) {
	all := Presets()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return all[i], true
}
