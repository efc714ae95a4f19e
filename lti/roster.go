package lti

import (
	"cmp"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"strconv"
	"strings"
)

const (
	acceptRoster = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
	maxRoster    = 64 << 20
)

// Member is one person of a course (NRPS §2.2).
type Member struct {
	Subject    string // the same as of launches
	Name       string // made of the next two if the platform sends only these
	GivenName  string
	FamilyName string
	Email      string
	SourcedID  string // of the student information system
	Roles      []Role
	Status     MemberStatus
	Groups     []string // ids of Group, where the platform has any
}

// MemberStatus says whether an enrolment is in force (NRPS §2.3).
type MemberStatus string

// The statuses. Any that NRPS does not know counts as MemberInactive.
const (
	MemberActive   MemberStatus = "active"
	MemberInactive MemberStatus = "inactive"
	MemberDeleted  MemberStatus = "deleted" // in differences only
)

// MembersPage is what a page says beside its members.
type MembersPage struct {
	ContextID   string
	Next        string // URL of the next page, empty on the last one
	Differences string // URL to ask for changes from now on; empty if the platform has none
}

// RosterURL is where to ask for the first page: limit members, as far as the
// platform heeds it, with their groups. What the URL asks for already stays.
func RosterURL(membershipsURL string, limit int) string {
	size := ""
	if limit > 0 {
		size = strconv.Itoa(limit)
	}
	return withQuery(membershipsURL, "limit", size, "groups", "true")
}

// Members reads one page of a roster (NRPS §2). Each gets its members as they
// come, in constant memory. Until Members has returned without an error they
// may not be all of the page: nobody is missing before that. Those without an
// identifier are left out.
func (s *Services) Members(ctx context.Context, a Access, pageURL string, each func(Member) error) (MembersPage, error) {
	r := request{
		service: ServiceRoster, access: a, needs: []string{ScopeRoster}, method: http.MethodGet, url: pageURL,
		accept: acceptRoster, limit: maxRoster, long: true,
	}
	var page MembersPage
	nameless := 0
	err := s.call(ctx, r, func(ans *answer) (err error) {
		if page, err = ans.membersPage(pageURL); err != nil {
			return err
		}
		var course object[struct {
			ID scalar `json:"id"`
		}]
		err = walk(ans.body, "members", map[string]any{"context": &course}, func(v object[memberJSON]) error {
			m := v.orEmpty()
			if !identifier(string(m.Subject.text)) {
				nameless++
				return nil
			}
			return theirs(each(m.member()))
		})
		page.ContextID = string(course.orEmpty().ID.text)
		return err
	})
	if err != nil {
		return MembersPage{}, err
	}
	if nameless > 0 {
		s.logger().Info("members without an identifier were left out", "platform", a.Platform.ID, "count", nameless)
	}
	return page, nil
}

func (a *answer) membersPage(asked string) (page MembersPage, err error) {
	if page.Next, err = a.link("next"); err != nil {
		return page, err
	}
	if page.Differences, err = a.link("differences"); err != nil {
		return page, err
	}
	if page.Next == asked {
		return page, malformed("the next page is this one")
	}
	return page, nil
}

// memberJSON is a member as platforms write it.
type memberJSON struct {
	Subject    scalar                     `json:"user_id"`
	Status     text                       `json:"status"`
	Name       text                       `json:"name"`
	GivenName  text                       `json:"given_name"`
	FamilyName text                       `json:"family_name"`
	Email      text                       `json:"email"`
	SourcedID  scalar                     `json:"lis_person_sourcedid"`
	Roles      list                       `json:"roles"`
	Groups     array[object[memberGroup]] `json:"group_enrollments"`
}

type memberGroup struct {
	ID scalar `json:"group_id"`
}

// array is a list of T, or nothing.
type array[T any] []T

func (a *array[T]) UnmarshalJSON(data []byte) error {
	*a = nil
	if data[0] == '[' {
		_ = json.Unmarshal(data, (*[]T)(a)) // of another kind: as much of it as could be read
	}
	return nil
}

func (m *memberJSON) member() Member {
	given, family := personName(m.GivenName), personName(m.FamilyName)
	member := Member{
		Subject: string(m.Subject.text), GivenName: given, FamilyName: family,
		Name:  cmp.Or(personName(m.Name), strings.TrimSpace(given+" "+family)),
		Email: clean(string(m.Email), maxTitle), SourcedID: clean(string(m.SourcedID.text), maxTitle),
		Roles: ParseRoles(m.Roles.items), Status: m.status(),
	}
	for _, g := range m.Groups {
		if id := string(g.orEmpty().ID.text); identifier(id) {
			member.Groups = append(member.Groups, id)
		}
	}
	return member
}

// personName undoes one escaping: Moodle sends R&amp;D in rosters for the R&D of
// its launches. It is undone for every platform, since nobody is called &amp;,
// and whoever shows a name escapes it anyway.
func personName(t text) string { return cleanName(html.UnescapeString(string(t))) }

func (m *memberJSON) status() MemberStatus {
	switch strings.ToLower(strings.TrimSpace(string(m.Status))) {
	case "", "active":
		return MemberActive
	case "deleted":
		return MemberDeleted
	}
	return MemberInactive
}
