package ltitest

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// custom is the custom claim: parameters of the tool, then those of the link, with
// the variables filled in that the LMS knows (LTI Core §6.1).
func (v visit) custom() map[string]string {
	custom := v.lms.toolCustom()
	maps.Copy(custom, v.link.Custom)
	for name, value := range custom {
		custom[name] = v.substitute(value)
	}
	return custom
}

func (v visit) substitute(value string) string {
	name, dollar := strings.CutPrefix(value, "$")
	if !dollar || !slices.Contains(v.lms.Profile.Variables, name) {
		return value
	}
	return v.variables()[name]
}

func (v visit) variables() map[string]string {
	l, p := v.lms, v.person
	return map[string]string{
		"Context.id":                 l.ContextID(v.course.ID),
		"Context.title":              v.course.Title,
		"Context.label":              v.course.Label,
		"Context.id.history":         history(v.course.History, l.ContextID, l.Profile.Launch.HistoryLimit),
		"ResourceLink.id":            v.linkID(),
		"ResourceLink.title":         v.link.Title,
		"ResourceLink.id.history":    history(v.link.History, l.LinkID, 0),
		"User.id":                    l.Subject(p.Sub),
		"User.username":              p.Username,
		"Person.name.full":           p.Name,
		"Person.email.primary":       p.Email,
		"Person.sourcedId":           p.SourcedID,
		"Person.address.timezone":    p.Timezone,
		"Moodle.Person.userGroupIds": strings.Join(p.Groups, ","),
	}
}

// TimedOut is what Canvas gives as a history that takes it too long to find.
const TimedOut = "timed out"

// history is a list of ids, each encoded, the newest first. Canvas says at its end
// that it has left out what is beyond the limit.
func history(names []string, id Form, limit int) string {
	if slices.Contains(names, TimedOut) {
		return TimedOut
	}
	var ids []string
	for i, name := range names {
		if limit > 0 && i == limit {
			ids = append(ids, "truncated")
			break
		}
		ids = append(ids, url.QueryEscape(id(name)))
	}
	return strings.Join(ids, ",")
}
