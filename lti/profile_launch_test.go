package lti_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
)

// The launches that a tool must accept, of a teacher and of a learner as each LMS
// sends them (certification guide §6.1).
func TestProfileLaunches(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		for person, short := range map[string]string{"teacher": "Instructor", "learner-00001": "Learner"} {
			for _, test := range mustPass(short, profile) {
				t.Run(short+" "+test.name, func(t *testing.T) {
					c.alters(test.change)
					launch := c.launches(t, person, "plain")
					if got := courseRole(launch.Roles); got != test.role {
						t.Errorf("role %q, want %q of %v", got, test.role, launch.Roles)
					}
					if launch.Subject != c.lms.Subject(person) || launch.ResourceLink.ID != c.lms.LinkID("plain") {
						t.Errorf("subject %q, link %q", launch.Subject, launch.ResourceLink.ID)
					}
				})
			}
		}
	})
}

type passing struct {
	name   string
	role   string // in the course
	change func(claims map[string]any)
}

func mustPass(short string, profile ltitest.Profile) []passing {
	own := short
	if profile.Name == "Open edX" {
		own = "" // it sends roles of the institution only
	}
	without := func(names ...string) func(map[string]any) {
		return func(claims map[string]any) {
			for _, name := range names {
				delete(claims, name)
			}
		}
	}
	roles := func(list ...string) func(map[string]any) {
		return func(claims map[string]any) { claims[claim+"roles"] = list }
	}
	return []passing{
		{"plain", own, nil},
		{"several roles", short, roles("http://purl.imsglobal.org/vocab/lis/v2/membership#"+short, "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"+short)},
		{"short role", short, roles(short)},
		{"unknown role", "", roles("http://purl.imsglobal.org/vocab/lis/v2/unknown/unknown#Helper")},
		{"no role", "", func(claims map[string]any) { claims[claim+"roles"] = []string{} }},
		{"e-mail only", own, without("name", "given_name", "family_name")},
		{"names only", own, without("email")},
		{"nothing about the person", own, without("name", "given_name", "family_name", "email")},
		{"e-mail without context", own, without("name", "given_name", "family_name", claim+"context")},
	}
}

// Who comes as what, in the words of each LMS.
func TestProfileRoles(t *testing.T) {
	type roles struct{ teacher, assistant, parent, boss string }
	want := map[string]roles{
		"Reference":   {"Instructor", "Instructor/TeachingAssistant", "Mentor", ""},
		"Moodle":      {"Instructor", "Instructor", "Learner", "Instructor"},
		"Canvas":      {"Instructor", "Instructor/TeachingAssistant", "Mentor", ""},
		"Blackboard":  {"Instructor", "Instructor/TeachingAssistant", "Mentor", ""},
		"Brightspace": {"Instructor/PrimaryInstructor", "Instructor/TeachingAssistant", "Mentor", ""},
		"Sakai":       {"Instructor", "Instructor/TeachingAssistant", "Learner", "Instructor"},
		"Schoology":   {"Instructor", "Instructor", "Mentor", "Instructor"},
		"Open edX":    {"", "", "", ""},
		"ILIAS":       {"Instructor", "Instructor", "Learner", "Instructor"},
		"OpenOlat":    {"Instructor", "Instructor", "Learner", "Learner"},
	}
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		in := func(person string) string { return finestRole(c.launches(t, person, "plain").Roles) }
		got := roles{in("teacher"), in("assistant"), in("parent"), in("boss")}
		if diff := cmp.Diff(want[profile.Name], got, cmp.AllowUnexported(roles{})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if profile.Name == "Canvas" || profile.Name == "Reference" {
			seen := c.launches(t, "preview", "plain").Roles
			if !slices.ContainsFunc(seen, func(r lti.Role) bool { return r.TestUser }) {
				t.Errorf("no TestUser in %v", seen)
			}
		}
	})
}

// finestRole is the last course role, which has a sub-role if any has.
func finestRole(roles []lti.Role) string {
	finest := ""
	for _, r := range roles {
		if name := strings.TrimSuffix(r.Principal+"/"+r.Sub, "/"); r.Scope == lti.ContextScope && len(name) > len(finest) {
			finest = name
		}
	}
	return finest
}

// Places, people and parameters arrive whatever the form of ids and variables.
func TestProfilePlaces(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, func(config *ltitest.Config) {
			config.Courses = []ltitest.Course{{ID: "algebra", Label: "ALG101", Title: "Algebra 101", History: []string{"algebra 2025", "algebra 2024"}}}
		})
		l := c.launches(t, "escaped", "plain")
		if l.Name != "R&D <Zoë> O'Neil" || l.Email != "zoe@school.example" || l.DeploymentID != c.lms.DeploymentID || l.ToolPlatform.Family != profile.Family {
			t.Errorf("name %q, e-mail %q, deployment %q, family %q", l.Name, l.Email, l.DeploymentID, l.ToolPlatform.Family)
		}
		if got, outside := l.Context, profile.Launch.WithoutContext; (got == nil) != outside || !outside && got.ID != c.lms.ContextID("algebra") {
			t.Errorf("context %+v", got)
		}
		wanted := map[string]string{
			lti.CustomTimezone:       "Europe/Berlin",
			lti.CustomContextHistory: url.QueryEscape(c.lms.ContextID("algebra 2025")) + "," + url.QueryEscape(c.lms.ContextID("algebra 2024")),
			lti.CustomLinkHistory:    url.QueryEscape(c.lms.LinkID("older link")),
			lti.CustomGroups:         "12,14",
		}
		for name, value := range wanted {
			got, sent := l.Custom[name]
			if known := slices.Contains(profile.Variables, strings.TrimPrefix(parameters()[name], "$")); sent != known || known && got != value {
				t.Errorf("%s is %q (%t), want %q (%t)", name, got, sent, value, known)
			}
		}
	})
}

// Canvas says in its own words that a history is not complete.
func TestProfileHistoryOfCanvas(t *testing.T) {
	tests := []struct {
		name    string
		history []string
		last    string
	}{
		{"too long", slices.Repeat([]string{"older"}, 1001), "truncated"},
		{"too slow", []string{ltitest.TimedOut}, "timed out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCampus(t, ltitest.Canvas(), func(config *ltitest.Config) {
				config.Courses = []ltitest.Course{{ID: "algebra", Title: "Algebra", History: test.history}}
			})
			ids := strings.Split(c.launches(t, "teacher", "plain").Custom[lti.CustomContextHistory], ",")
			if ids[len(ids)-1] != test.last {
				t.Errorf("%d ids, the last %q", len(ids), ids[len(ids)-1])
			}
		})
	}
}

// Two places in pages of Canvas have the id of their course for their own.
func TestProfileEmbeddedInCanvas(t *testing.T) {
	c := newCampus(t, ltitest.Canvas(), func(config *ltitest.Config) {
		config.Links = append(config.Links, ltitest.Link{ID: "embedded", CourseID: "algebra", Embedded: true, Custom: map[string]string{"room": "7"}})
	})
	l := c.launches(t, "teacher", "embedded")
	if l.ResourceLink.ID != l.Context.ID || l.Custom["room"] != "7" {
		t.Errorf("link %q, context %q, custom %v", l.ResourceLink.ID, l.Context.ID, l.Custom)
	}
}

// What the LMS keeps to itself.
func TestProfilePrivacy(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		for name, privacy := range map[string]ltitest.Privacy{
			"no names":  {NoName: true, NoEmail: true},
			"no course": {NoContext: true},
			"anonymous": {Anonymous: true},
		} {
			t.Run(name, func(t *testing.T) {
				c := newCampus(t, profile, func(config *ltitest.Config) { config.Privacy = privacy })
				l := c.launches(t, "escaped", "graded")
				if privacy.NoName && (l.Name != "" || l.Email != "") { // ILIAS says "-", which is nobody's name

					t.Errorf("name %q, e-mail %q", l.Name, l.Email)
				}
				if privacy.NoContext && (l.Context != nil || l.NRPS != nil || l.AGS != nil) {
					t.Errorf("context %v, services %v %v", l.Context, l.NRPS, l.AGS)
				}
				if l.Anonymous != privacy.Anonymous || privacy.Anonymous && (l.Name != "" || l.NRPS != nil) {
					t.Errorf("anonymous %t, name %q", l.Anonymous, l.Name)
				}
			})
		}
	})
}

// Logins come as forms and as addresses, with and without storage, and the hint
// goes back as it came.
func TestProfileLogin(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		form := c.lms.Login("teacher", "plain")
		login, err := c.tool.Login(t.Context(), form, nil)
		if err != nil {
			t.Fatal(err)
		}
		query := parse(t, login.URL).Query()
		if query.Get("login_hint") != form.Get("login_hint") || !slices.Equal(query["lti_message_hint"], form["lti_message_hint"]) {
			t.Errorf("hints %q and %q went back as %q and %q", form["login_hint"], form["lti_message_hint"], query["login_hint"], query["lti_message_hint"])
		}
		if target := profile.Login.StorageTarget; (login.Storage == nil) != (target == "") || target != "" && login.Storage.Target != target {
			t.Errorf("storage %+v, want %q", login.Storage, target)
		}
		// The LMS answers a launch once, if it is one that does.
		if c.authorized(t, login.URL) == "" {
			t.Fatal("no id_token")
		}
		if again := c.authorized(t, login.URL); (again != "") != (profile.Name == "Reference") {
			t.Errorf("the second id_token is %q", again)
		}
	})
}

// authorized is the id_token that an authorization request is answered with.
func (c *campus) authorized(t testing.TB, address string) string {
	t.Helper()
	answer, err := c.browser.Get(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	_, fields, err := ltitest.ReadForm(answer)
	if err != nil {
		t.Fatal(err)
	}
	return fields.Get("id_token")
}

// Sakai begins two logins, of which the first may be the one that is finished.
func TestProfileFirstOfTwoLogins(t *testing.T) {
	c := newCampus(t, ltitest.Sakai(), nil)
	var cookies []*http.Cookie
	var first string
	for range 2 {
		login, err := c.tool.Login(t.Context(), c.lms.Login("teacher", "plain"), cookies)
		if err != nil {
			t.Fatal(err)
		}
		cookies = append(cookies, login.Cookies...)
		if first == "" {
			first = login.URL
		}
	}
	form := url.Values{"state": {parse(t, first).Query().Get("state")}, "id_token": {c.authorized(t, first)}}
	if _, err := c.tool.Verify(t.Context(), form, cookies); err != nil {
		t.Error(err)
	}
}

// A token is good for as long as its LMS says, and the clocks may differ a bit.
func TestProfileTokenLife(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		login, err := c.tool.Login(t.Context(), c.lms.Login("teacher", "plain"), nil)
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"state": {parse(t, login.URL).Query().Get("state")}, "id_token": {c.authorized(t, login.URL)}}
		c.pass(min(profile.Launch.Life, 5*time.Minute))
		if _, err := c.tool.Verify(t.Context(), form, login.Cookies); err != nil {
			t.Errorf("at its end: %v", err)
		}
		c.pass(profile.Launch.Life)
		if _, err := c.tool.Verify(t.Context(), form, login.Cookies); err == nil {
			t.Error("after its end it is accepted")
		}
	})
}
