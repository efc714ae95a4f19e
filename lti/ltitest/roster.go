package ltitest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	rosterClaim = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
	rosterType  = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
)

func (l *LMS) routeRoster() {
	if l.Profile.Roster != nil {
		l.service("members", "GET /courses/{course}/members", l.serveMembers, scopeRoster)
	}
}

// MembersURL is context_memberships_url of a course.
func (l *LMS) MembersURL(course string) string {
	return l.at("/courses/" + url.PathEscape(course) + "/members")
}

func (v visit) rosterOffer() map[string]any {
	address := v.lms.MembersURL(v.course.ID)
	if v.lms.Profile.Roster.LinkInURL && v.link.ID != "" {
		address += "?" + url.Values{"rlid": {v.linkID()}}.Encode()
	}
	return map[string]any{"context_memberships_url": address, "service_versions": v.lms.Profile.Launch.NRPSVersions}
}

// serveMembers is GET /courses/{course}/members (NRPS §2).
func (l *LMS) serveMembers(w http.ResponseWriter, r *http.Request) {
	course, found := l.school.course(r.PathValue("course"))
	form := l.Profile.Roster
	if !form.Accept.accepts(r, rosterType) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if !found || !l.linkIn(r.FormValue("rlid"), course.ID) {
		http.NotFound(w, r)
		return
	}
	asked, newest := l.members(r, course.ID)
	p := paged(r, len(asked), form.Default, form.Max)
	l.linkNext(w, r, p, len(asked), form.Next, form.drops()...)
	if form.Differences && p.to == len(asked) {
		w.Header().Add("Link", l.linkTo(r.URL.EscapedPath(), url.Values{"since": {strconv.Itoa(newest)}}, form.Next, "differences"))
	}
	members := make([]map[string]any, 0, p.to-p.from)
	for _, one := range asked[p.from:p.to] {
		members = append(members, l.member(r, one.person, one.deleted))
	}
	writeJSON(w, rosterType, http.StatusOK, map[string]any{
		"id":      l.MembersURL(course.ID),
		"context": filled("id", l.ContextID(course.ID), "label", course.Label, "title", course.Title),
		"members": members,
	})
}

// drops are the parameters that are not in the next link.
func (f *Roster) drops() []string {
	if f.DropsRole {
		return []string{"role"}
	}
	return nil
}

// linkIn reports whether a resource link, if one is named, is in the course.
func (l *LMS) linkIn(id, course string) bool {
	return id == "" || slices.ContainsFunc(l.LinksOf(course), func(k Link) bool {
		return l.LinkID(k.ID) == id || k.Embedded && l.ContextID(course) == id
	})
}

// members are those whom the request asks for, on all pages.
func (l *LMS) members(r *http.Request, course string) (members []change, newest int) {
	if n, err := strconv.Atoi(r.FormValue("since")); err == nil {
		return l.school.since(course, n)
	}
	class, newest := l.school.class(course)
	for _, p := range class {
		if l.listed(p) && l.plays(p, r.FormValue("role")) {
			members = append(members, change{person: p})
		}
	}
	return members, newest
}

func (l *LMS) listed(p Person) bool {
	form := l.Profile.Roster
	return !(form.OmitsInactive && p.Status == Inactive) && !(form.LearnersOnly && p.part() != learner)
}

// plays is the role filter: a full name, or short that of a course's role.
func (l *LMS) plays(p Person, role string) bool {
	if role == "" {
		return true
	}
	return slices.ContainsFunc(p.in(l.Profile.Roster.roles), func(has string) bool {
		short := strings.TrimPrefix(has, membership+"#")
		return has == role || !l.Profile.Roster.ExactRoles && (short == role || membership+"#"+has == role)
	})
}

// member is one of the roster (NRPS §2.2). With a link it has what a launch of
// theirs would have (§2.4).
func (l *LMS) member(r *http.Request, p Person, deleted bool) map[string]any {
	form := l.Profile.Roster
	id, text := l.Profile.Subjects, func(s string) string { return s }
	if form.UserIDs != nil {
		id = form.UserIDs
	}
	if form.Escaped {
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	}
	if l.Privacy.NoName {
		p.Name, p.Given, p.Family, p.Username = "", "", "", ""
	}
	if l.Privacy.NoEmail {
		p.Email = ""
	}
	m := filled(
		"status", status(p, deleted), "user_id", id(p.Sub), "lis_person_sourcedid", p.SourcedID,
		"name", text(p.Name), "given_name", text(p.Given), "family_name", text(p.Family), "email", p.Email,
	)
	m["roles"] = p.in(form.roles)
	if r.FormValue("groups") == "true" && len(p.Groups) > 0 && l.Profile.Groups {
		m["group_enrollments"] = enrollments(p.Groups)
	}
	if form.extend != nil {
		form.extend(m, p)
	}
	if r.FormValue("rlid") != "" {
		m["message"] = []map[string]any{{claim + "message_type": "LtiResourceLinkRequest"}}
	}
	return m
}

func status(p Person, deleted bool) string {
	switch {
	case deleted:
		return "Deleted"
	case p.Status == "":
		return "Active"
	}
	return p.Status
}
