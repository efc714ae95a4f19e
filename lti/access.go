package lti

import (
	"net/url"
	"slices"
	"strings"
)

// Access is on whose behalf a service is called, and what the launch said may
// be asked for.
type Access struct {
	Platform     Platform
	DeploymentID string
	Scopes       []string // as the launch offered them; those of a service of which none is here are all asked for
}

// The scopes of the services (LTI Advantage).
const (
	ScopeRoster         = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
	ScopeLineItem       = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
	ScopeLineItemRead   = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
	ScopeResultRead     = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
	ScopeScore          = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
	ScopeGroups         = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
	ScopeNoticeHandlers = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
)

// Access is what the launch allows to be done later, without the person.
func (l *Launch) Access() Access {
	a := Access{Platform: l.Platform, DeploymentID: l.DeploymentID}
	if l.NRPS != nil {
		a.Scopes = append(a.Scopes, ScopeRoster) // the claim of the roster names none
	}
	if l.AGS != nil {
		a.Scopes = append(a.Scopes, l.AGS.Scopes...)
	}
	if l.Groups != nil {
		a.Scopes = append(a.Scopes, l.Groups.Scopes...)
	}
	if l.Notices != nil {
		a.Scopes = append(a.Scopes, l.Notices.Scopes...)
	}
	return a
}

// scopes are those of a service. Reading line items has its own beside the one
// for writing them, and Moodle does not take the second for the first.
func (s Service) scopes() []string {
	switch s {
	case ServiceRoster:
		return []string{ScopeRoster}
	case ServiceGrades:
		return []string{ScopeLineItem, ScopeLineItemRead, ScopeResultRead, ScopeScore}
	case ServiceGroups:
		return []string{ScopeGroups}
	case ServiceNotices:
		return []string{ScopeNoticeHandlers}
	}
	return nil
}

// scopeSets are the sets of scopes to ask for, one after the other while the
// platform refuses them: all that the service offers, so that one token serves
// every call, then what this call needs. Sakai refuses a whole set for one
// scope that it does not grant. None: the launch did not offer what is needed.
func (r request) scopeSets() [][]string {
	offered := intersect(r.service.scopes(), r.access.Scopes)
	if len(offered) == 0 {
		offered = r.service.scopes()
	}
	needed := intersect(r.needs, offered)
	if len(needed) == 0 {
		return nil
	}
	sets := [][]string{offered}
	for _, scope := range needed {
		if len(offered) > 1 {
			sets = append(sets, []string{scope})
		}
	}
	return sets
}

// intersect is what of list is also in other, in the order of list.
func intersect(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(other, s) })
}

// mayCall reports whether an address that came in a launch or an answer may be
// called: by https, or by http where the platform is inside.
func (p Platform) mayCall(raw string) bool { return webAddress(raw, p.inside(raw)) }

// inside reports an address on a host that the registration names, on premises.
// Only these may be private: what a platform says of itself opens no door to the
// other servers of the school.
func (p Platform) inside(raw string) bool {
	if !p.OnPremises {
		return false
	}
	name := hostname(raw)
	for _, registered := range []string{p.Issuer, p.AuthURL, p.TokenURL, p.JWKSURL} {
		if name != "" && name == hostname(registered) {
			return true
		}
	}
	return false
}

func hostname(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
