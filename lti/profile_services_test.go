package lti_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
)

// roster reads all pages of a course from what a launch offers.
func (c *campus) roster(t testing.TB, l *lti.Launch) (members map[string]lti.Member, pages int) {
	t.Helper()
	members = make(map[string]lti.Member)
	for next := lti.RosterURL(l.NRPS.MembershipsURL, 0); next != ""; pages++ {
		page, err := c.services.Members(t.Context(), l.Access(), next, func(m lti.Member) error {
			if _, twice := members[m.Subject]; twice {
				t.Errorf("%s comes twice", m.Subject)
			}
			members[m.Subject] = m
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if page.ContextID != c.lms.ContextID("algebra") {
			t.Errorf("context %q", page.ContextID)
		}
		next = page.Next
	}
	return members, pages
}

// rosterID is how the roster calls a person.
func (c *campus) rosterID(person string) string {
	if ids := c.profile.Roster.UserIDs; ids != nil {
		return ids(person)
	}
	return c.lms.Subject(person)
}

func TestProfileRoster(t *testing.T) {
	type roster struct{ pages, members int }
	// Everybody is the class, a teacher, and the five others who are enrolled.
	want := map[string]roster{
		"Reference": {1, 126}, "Moodle": {1, 125}, "Canvas": {3, 126}, "Blackboard": {2, 126}, "Brightspace": {2, 126},
		"Sakai": {1, 126}, "Schoology": {2, 126}, "Open edX": {13, 126}, "OpenOlat": {1, 122},
	}
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		l := c.launches(t, "teacher", "plain")
		if profile.Roster == nil {
			if profile.Name != "ILIAS" || l.NRPS != nil {
				t.Errorf("a roster is offered: %v", l.NRPS)
			}
			return
		}
		members, pages := c.roster(t, l)
		if got := (roster{pages, len(members)}); got != want[profile.Name] {
			t.Errorf("%+v, want %+v", got, want[profile.Name])
		}
		if m := members[c.rosterID("escaped")]; m.Name != "R&D <Zoë> O'Neil" || m.FamilyName != "O'Neil" || m.Email != "zoe@school.example" || m.SourcedID != "sis-zoe" {
			t.Errorf("%+v", m)
		}
		if _, listed := members[c.rosterID("boss")]; listed {
			t.Error("somebody is listed who is not enrolled")
		}
		if tokens := c.lms.Requests("token"); tokens != 1 {
			t.Errorf("%d tokens", tokens)
		}
	})
}

// Roles in rosters are not always those of launches.
func TestProfileRosterRoles(t *testing.T) {
	type roles struct{ teacher, assistant, learner, parent string }
	usual := roles{"Instructor", "Instructor/TeachingAssistant", "Learner", "Mentor"}
	want := map[string]roles{
		"Moodle":   {"Instructor", "Learner", "Learner", "Learner"},
		"Sakai":    {"Instructor", "Instructor/TeachingAssistant", "Learner", "Learner"},
		"Open edX": {"Instructor", "Administrator", "Learner", "Learner"},
		"OpenOlat": {"", "", "Learner", ""},
	}
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		if profile.Roster == nil {
			return
		}
		c := newCampus(t, profile, nil)
		members, _ := c.roster(t, c.launches(t, "teacher", "plain"))
		in := func(person string) string { return finestRole(members[c.rosterID(person)].Roles) }
		wanted, unusual := want[profile.Name]
		if !unusual {
			wanted = usual
		}
		got := roles{in("teacher"), in("assistant"), in("learner-00001"), in("parent")}
		if diff := cmp.Diff(wanted, got, cmp.AllowUnexported(roles{})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		suspended, listed := members[c.rosterID("suspended")]
		if listed == profile.Roster.OmitsInactive || listed && suspended.Status != lti.MemberInactive {
			t.Errorf("suspended: %t, %+v", listed, suspended)
		}
		if m, listed := members[c.rosterID("preview")]; listed && profile.Name == "Canvas" && !slices.ContainsFunc(m.Roles, func(r lti.Role) bool { return r.TestUser }) {
			t.Errorf("%+v is not known for a preview", m)
		}
	})
}

// The next link comes in several forms, whichever LMS writes it.
func TestProfileNextLinks(t *testing.T) {
	for _, form := range []ltitest.NextForm{ltitest.NextQuoted, ltitest.NextBare, ltitest.NextCurly, ltitest.NextRelative} {
		t.Run(string(form), func(t *testing.T) {
			profile := ltitest.Reference()
			profile.Roster.Max, profile.Roster.Next = 50, form
			c := newCampus(t, profile, nil)
			if members, pages := c.roster(t, c.launches(t, "teacher", "plain")); len(members) != 126 || pages != 3 {
				t.Errorf("%d members in %d pages", len(members), pages)
			}
		})
	}
}

// What has changed since, where the LMS tells.
func TestProfileDifferences(t *testing.T) {
	c := newCampus(t, ltitest.Reference(), nil)
	l := c.launches(t, "teacher", "plain")
	page, err := c.services.Members(t.Context(), l.Access(), l.NRPS.MembershipsURL, func(lti.Member) error { return nil })
	if err != nil || page.Differences == "" {
		t.Fatalf("differences %q: %v", page.Differences, err)
	}
	c.lms.Remove("learner-00007")
	c.lms.Enrol(ltitest.Person{Sub: "late", Name: "Lata Late", Roles: []string{ltitest.Learner}})
	got := make(map[string]lti.MemberStatus)
	next, err := c.services.Members(t.Context(), l.Access(), page.Differences, func(m lti.Member) error { got[m.Subject] = m.Status; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]lti.MemberStatus{"learner-00007": lti.MemberDeleted, "late": lti.MemberActive}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if next.Differences == "" || next.Differences == page.Differences {
		t.Errorf("then to be asked: %q", next.Differences)
	}
}

func TestProfileGroups(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		l := c.launches(t, "escaped", "plain")
		if !profile.Groups {
			if l.Groups != nil {
				t.Errorf("groups are offered: %+v", l.Groups)
			}
			return
		}
		var got []string
		if err := c.services.Groups(t.Context(), l.Access(), l.Groups.GroupsURL, func(g lti.Group) error {
			got = append(got, g.ID+" "+g.Name)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"12 Reds", "14 Blues"}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		members, _ := c.roster(t, l)
		if diff := cmp.Diff([]string{"12", "14"}, members[c.rosterID("escaped")].Groups); diff != "" {
			t.Errorf("in the roster: -want +got:\n%s", diff)
		}
	})
}

// The way of a grade: the line item of the link, a score, a newer one, and older
// ones and other people refused as each LMS refuses them.
func TestProfileGrades(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		l := c.launches(t, "teacher", "graded")
		a := l.Access()
		item, err := c.services.LineItem(t.Context(), a, l.AGS.LineItem)
		if err != nil || item.ScoreMaximum != 10 || item.Label != "Weekly class" || item.ResourceLinkID != c.lms.LinkID("graded") {
			t.Fatalf("%+v: %v", item, err)
		}
		score := lti.Score{Subject: c.lms.Subject("learner-00001"), Given: 7.5, Maximum: 10, Comment: "42 of 56 minutes", Timestamp: c.Now()}
		send := func(change func(*lti.Score)) error {
			s := score
			change(&s)
			return c.services.SendScore(t.Context(), a, item.ID, s)
		}
		if err := send(func(*lti.Score) {}); err != nil {
			t.Fatal(err)
		}
		if err := send(func(s *lti.Score) { s.Given, s.Timestamp = 9, s.Timestamp.Add(time.Second) }); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, "an older score", send(func(*lti.Score) {}), profile.Grades.Older)
		wantStatus(t, "a stranger's score", send(func(s *lti.Score) { s.Subject = "nobody" }), profile.Grades.Stranger)
		wantStatus(t, "a teacher's score", send(func(s *lti.Score) { s.Subject = c.lms.Subject("teacher") }), profile.Grades.Stranger)

		grades := c.lms.Grades()
		if len(grades) != 1 || grades[0].Person != "learner-00001" || grades[0].Comment != "42 of 56 minutes" {
			t.Fatalf("gradebook: %+v", grades)
		}
		if given := *grades[0].Given; given != 9 && profile.Grades.Older != 0 || given != 7.5 && profile.Grades.Older == 0 {
			t.Errorf("grade %v", given)
		}
		if tokens := c.lms.Requests("token"); tokens > 2 {
			t.Errorf("%d tokens", tokens)
		}
	})
}

// wantStatus wants a refusal for good with this status, or none if it is 0.
func wantStatus(t *testing.T, what string, err error, status int) {
	t.Helper()
	var e *lti.ServiceError
	switch {
	case status == 0 && err != nil:
		t.Errorf("%s: %v", what, err)
	case status != 0 && (!errors.As(err, &e) || e.Status != status || !e.Refused() || e.Temporary()):
		t.Errorf("%s: %v, want status %d for good", what, err, status)
	}
}

// A line item of our own is made once and found again, and results are read.
func TestProfileLineItems(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		l := c.launches(t, "teacher", "plain")
		if l.AGS.LineItem != "" {
			t.Errorf("a line item comes with a link that has none: %s", l.AGS.LineItem)
		}
		a, own := l.Access(), lti.LineItem{Label: "Attendance", ResourceID: "room-7", Tag: "attendance", ScoreMaximum: 100}
		made, err := c.services.CreateLineItem(t.Context(), a, l.AGS.LineItems, own)
		if profile.Grades.Fixed {
			wantStatus(t, "a line item", err, http.StatusNotFound)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		found, err := c.services.LineItems(t.Context(), a, l.AGS.LineItems, lti.LineItemFilter{ResourceID: "room-7"})
		if err != nil || len(found) != 1 || found[0].ID != made.ID || found[0].ScoreMaximum != 100 {
			t.Fatalf("%+v: %v", found, err)
		}
		for i, person := range []string{"learner-00001", "learner-00002"} {
			err := c.services.SendScore(t.Context(), a, made.ID, lti.Score{Subject: c.lms.Subject(person), Given: float64(50 + i), Maximum: 100, Timestamp: c.Now()})
			if err != nil {
				t.Fatal(err)
			}
		}
		for subject, want := range map[string]int{"": 2, c.lms.Subject("learner-00002"): 1} {
			got := 0
			err := c.services.Results(t.Context(), a, made.ID, subject, func(r lti.Result) error { got++; return nil })
			if err != nil || got != want {
				t.Errorf("%d results of %q: %v", got, subject, err)
			}
		}
		wantStatus(t, "an item of a link elsewhere", func() error {
			_, err := c.services.CreateLineItem(t.Context(), a, l.AGS.LineItems, lti.LineItem{Label: "x", ScoreMaximum: 1, ResourceLinkID: "elsewhere"})
			return err
		}(), profile.Grades.ForeignLink)
	})
}

// A tool that comes without a name of its own is sent away by Canvas.
func TestProfileUserAgent(t *testing.T) {
	c := newCampus(t, ltitest.Canvas(), nil)
	answer, err := http.Get(c.lms.MembersURL("algebra"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", answer.StatusCode)
	}
	c.services.UserAgent = ""
	if l := c.launches(t, "teacher", "plain"); l.NRPS == nil {
		t.Error("no roster")
	} else if members, _ := c.roster(t, l); len(members) == 0 {
		t.Error("nobody")
	}
}

// A grant may be taken back: the call that finds out asks for a new one.
func TestProfileForgottenTokens(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		l := c.launches(t, "teacher", "graded")
		for range 2 {
			if _, err := c.services.LineItem(t.Context(), l.Access(), l.AGS.LineItem); err != nil {
				t.Fatal(err)
			}
			c.lms.ForgetTokens()
			c.pass(2 * time.Minute) // OpenOlat's 403 is doubted of tokens that are not new
		}
	})
}
