package ltitest

import (
	"net/http"
	"net/url"
	"slices"
)

const (
	groupsClaim = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
	groupsType  = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
	groupsPage  = 100
)

func (l *LMS) routeGroups() {
	if l.Profile.Groups {
		l.service("groups", "GET /courses/{course}/groups", l.serveGroups, scopeGroups)
	}
}

// GroupsURL is context_groups_url of a course.
func (l *LMS) GroupsURL(course string) string {
	return l.at("/courses/" + url.PathEscape(course) + "/groups")
}

func (v visit) groupsOffer() map[string]any {
	return map[string]any{
		"scope": []string{scopeGroups}, "context_groups_url": v.lms.GroupsURL(v.course.ID), "service_versions": []string{"1.0"},
	}
}

// serveGroups is GET /courses/{course}/groups, of one person with ?user_id= (Course
// Groups Service §2).
func (l *LMS) serveGroups(w http.ResponseWriter, r *http.Request) {
	course := r.PathValue("course")
	groups := []map[string]any{}
	for _, g := range l.school.groupsOf(course) {
		if l.isIn(g, r.FormValue("user_id")) {
			groups = append(groups, described(g))
		}
	}
	p := paged(r, len(groups), groupsPage, groupsPage)
	l.linkNext(w, r, p, len(groups), NextQuoted)
	writeJSON(w, groupsType, http.StatusOK, map[string]any{"id": l.GroupsURL(course), "groups": groups[p.from:p.to]})
}

// isIn reports whether a person, if one is named, is in the group.
func (l *LMS) isIn(g Group, user string) bool {
	if user == "" {
		return true
	}
	p, err := l.school.person(user)
	return err == nil && slices.Contains(p.Groups, g.ID)
}

func described(g Group) map[string]any {
	m := filled("id", g.ID, "name", g.Name, "tag", g.Tag, "set_id", g.SetID)
	if g.Hidden {
		m["hidden"] = true
	}
	return m
}

func enrollments(groups []string) []map[string]any {
	var list []map[string]any
	for _, id := range groups {
		list = append(list, map[string]any{"group_id": id})
	}
	return list
}
