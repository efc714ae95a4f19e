package lti_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
)

// shape is what a JSON value is made of: the kind of each member by its path. All
// elements of a list count as one.
func shape(v any) map[string]string {
	kinds := make(map[string]string)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			kinds[path] = "object"
			for name, member := range v {
				walk(path+" "+name, member)
			}
		case []any:
			kinds[path] = "list"
			for _, one := range v {
				walk(path+" []", one)
			}
		case string:
			kinds[path] = "text"
		case bool:
			kinds[path] = "flag"
		case float64:
			kinds[path] = "number"
		default:
			kinds[path] = "null"
		}
	}
	walk("", v)
	return kinds
}

// sameShape wants what Moodle sent and what its stand-in sends to be made alike.
// Parameters are the tool's own, and are left out.
func sameShape(t *testing.T, want, got any) {
	t.Helper()
	wanted, gotten := shape(want), shape(got)
	for _, kinds := range []map[string]string{wanted, gotten} {
		maps.DeleteFunc(kinds, func(path, _ string) bool {
			return strings.HasPrefix(path, " "+claim+"custom ") && !strings.HasSuffix(path, "context_memberships_url")
		})
	}
	if diff := cmp.Diff(wanted, gotten); diff != "" {
		t.Errorf("-Moodle +stand-in:\n%s", diff)
	}
}

// asMoodle is a value as it travels.
func asMoodle(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var travelled any
	if err := json.Unmarshal(data, &travelled); err != nil {
		t.Fatal(err)
	}
	return travelled
}

// recordedCampus is the LMS that the recordings are of.
func recordedCampus(t *testing.T, change func(*ltitest.Config)) *campus {
	person := func(id, username, name string, roles ...string) ltitest.Person {
		given, family, _ := strings.Cut(name, " ")
		return ltitest.Person{
			Sub: id, Username: username, SourcedID: "sis-" + username, Name: name, Given: given, Family: family,
			Email: username + "@example.edu", Locale: "en", Timezone: "99", Roles: roles,
		}
	}
	return newCampus(t, ltitest.Moodle(), func(config *ltitest.Config) {
		admin := person("2", "admin", "Admin User", ltitest.Administrator)
		admin.Courses = []string{}
		config.Persons = []ltitest.Person{
			person("4", "ta1", "Tania Assistant", ltitest.Instructor, ltitest.TeachingAssistant),
			person("5", "student1", "Sam Student", ltitest.Learner),
			person("3", "teacher1", "Terry Teacher", ltitest.Instructor),
			person("6", "student2", "Zoë Ångström-O'Neil", ltitest.Learner), admin,
		}
		config.Courses = []ltitest.Course{{ID: "2", Label: "ALG101", Title: "Algebra 101"}}
		config.Links = []ltitest.Link{
			{ID: "10", Title: "Classroom", CourseID: "2", LineItem: &ltitest.LineItem{ScoreMaximum: 10}},
			{ID: "11", Title: "Plain", CourseID: "2"},
		}
		if change != nil {
			change(config)
		}
	})
}

// The stand-in's launches have the members that a real Moodle's had, no more and
// no less, and the same roles.
func TestProfileMoodleLaunches(t *testing.T) {
	tests := []struct {
		recording, person, link string
		privacy                 ltitest.Privacy
	}{
		{"LtiResourceLinkRequest-teacher1", "3", "10", ltitest.Privacy{}},
		{"LtiResourceLinkRequest-ta1", "4", "10", ltitest.Privacy{}},
		{"LtiResourceLinkRequest-student1", "5", "10", ltitest.Privacy{}},
		{"LtiResourceLinkRequest-admin", "2", "10", ltitest.Privacy{}},
		{"LtiResourceLinkRequest-no-grades-phone", "5", "11", ltitest.Privacy{}},
		{"LtiResourceLinkRequest-teacher1-privacy-off", "3", "10", ltitest.Privacy{NoName: true, NoEmail: true}},
		{"LtiDeepLinkingRequest-teacher1", "3", "", ltitest.Privacy{}},
	}
	recorded := payloads(t)
	for _, test := range tests {
		t.Run(test.recording, func(t *testing.T) {
			c := recordedCampus(t, func(config *ltitest.Config) { config.Privacy = test.privacy })
			claims, err := c.lms.Claims(test.person, test.link, "nonce")
			if test.link == "" {
				claims, err = c.lms.DeepLinkClaims(test.person, "2", "nonce")
			}
			if err != nil {
				t.Fatal(err)
			}
			want, got := recorded[test.recording], asMoodle(t, claims).(map[string]any)
			sameShape(t, want, got)
			if diff := cmp.Diff(want[claim+"roles"], got[claim+"roles"]); diff != "" {
				t.Errorf("roles: -Moodle +stand-in:\n%s", diff)
			}
			for _, name := range []string{"sub", claim + "context"} {
				if diff := cmp.Diff(want[name], got[name]); diff != "" {
					t.Errorf("%s: -Moodle +stand-in:\n%s", name, diff)
				}
			}
			if got["exp"].(float64)-got["iat"].(float64) != want["exp"].(float64)-want["iat"].(float64) {
				t.Error("it lives for another time")
			}
		})
	}
}

// A login begins as Moodle begins one, with a hint that is JSON.
func TestProfileMoodleLogin(t *testing.T) {
	var recorded map[string]string
	recordedDoor(t, "login-initiation.json", &recorded)
	sent := make(map[string]string)
	for name, values := range recordedCampus(t, nil).lms.Login("5", "10") {
		sent[name] = values[0]
	}
	hint := func(login map[string]string) (v any) {
		decode(t, []byte(login["lti_message_hint"]), &v)
		return v
	}
	sameShape(t, asMoodle(t, recorded), asMoodle(t, sent))
	sameShape(t, hint(recorded), hint(sent))
	if sent["login_hint"] != recorded["login_hint"] {
		t.Errorf("login_hint %q", sent["login_hint"])
	}
}

// calls is an answer of the LMS to a call with the tool's token for these scopes.
func (c *campus) calls(t *testing.T, method, address, accept, body, kind string) (*http.Response, any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Accept": {accept}, "Content-Type": {kind}, "Authorization": {"Bearer " + c.grantToken(t)}}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if len(data) > 0 {
		decode(t, data, &v)
	}
	return answer, v
}

// grantToken is a token for everything, got as any tool gets it.
func (c *campus) grantToken(t *testing.T) string {
	t.Helper()
	_, answer := c.askToken(t, lti.ScopeRoster, lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore, lti.ScopeGroups)
	return answer["access_token"].(string)
}

func (c *campus) askToken(t *testing.T, scopes ...string) (*http.Response, map[string]any) {
	t.Helper()
	now := c.Now().Unix()
	assertion := ltitest.Sign(map[string]any{"alg": "RS256", "typ": "JWT", "kid": c.key.KID}, map[string]any{
		"iss": c.lms.ClientID, "sub": c.lms.ClientID, "aud": c.lms.Platform("").TokenURL, "iat": now, "exp": now + 60, "jti": t.Name() + c.lms.LinkID(strings.Join(scopes, "")),
	}, c.key.Private)
	answer, err := http.PostForm(c.lms.Platform("").TokenURL, url.Values{
		"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion": {assertion}, "scope": {strings.Join(scopes, " ")},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	decode(t, data, &got)
	return answer, got
}

// recordedService reads an answer of a real Moodle's services.
func recordedService(t *testing.T, name string) (r recording, body any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/moodle-4.5/services", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	decode(t, data, &r)
	decode(t, r.Body, &body)
	return r, body
}

// The stand-in's services answer like a real Moodle's: status, media type, members.
func TestProfileMoodleServices(t *testing.T) {
	c := recordedCampus(t, nil)
	items := c.lms.LineItemsURL("2")
	item := c.launches(t, "3", "10").AGS.LineItem
	below := func(name string) string { return strings.Replace(item, "/lineitem?", "/lineitem/"+name+"?", 1) }
	score := func(user, at string) string {
		return `{"userId":"` + user + `","scoreGiven":7.5,"scoreMaximum":10,"comment":"c","timestamp":"` + at +
			`","activityProgress":"Completed","gradingProgress":"FullyGraded"}`
	}
	const now, before = "2026-11-22T13:37:33.363Z", "2026-11-22T13:36:33.395Z"
	for _, call := range []struct{ recording, address, body string }{
		{"roster", c.lms.MembersURL("2"), ""},
		{"rosterLimit2", c.lms.MembersURL("2") + "?limit=2", ""},
		{"lineitems", items, ""},
		{"lineitem", item, ""},
		{"score", below("scores"), score("5", now)},
		{"scoreNotNewer", below("scores"), score("5", before)},
		{"scoreForNobody", below("scores"), score("999999", now)},
		{"scoreForTeacher", below("scores"), score("3", now)},
		{"results", below("results"), ""},
	} {
		t.Run(call.recording, func(t *testing.T) {
			recorded, want := recordedService(t, call.recording)
			answer, got := c.calls(t, recorded.Method, call.address, recorded.Accept, call.body, recorded.ContentType)
			media, _, _ := strings.Cut(recorded.AnswerType, ";")
			if answer.StatusCode != recorded.Status || answer.Header.Get("Content-Type") != media {
				t.Errorf("status %d, %s; Moodle %d, %s", answer.StatusCode, answer.Header.Get("Content-Type"), recorded.Status, media)
			}
			sameShape(t, want, got)
			if (answer.Header.Get("Link") != "") != (recorded.Link != "") || strings.HasSuffix(recorded.Link, `rel="next"`) != strings.HasSuffix(answer.Header.Get("Link"), `rel="next"`) {
				t.Errorf("Link: %s; Moodle %s", answer.Header.Get("Link"), recorded.Link)
			}
		})
	}
}

// The roster's words are Moodle's own, and a list of media types is none to it.
func TestProfileMoodleRoster(t *testing.T) {
	for name, privacy := range map[string]ltitest.Privacy{"roster": {}, "rosterPrivacyOff": {NoName: true, NoEmail: true}} {
		c := recordedCampus(t, func(config *ltitest.Config) { config.Privacy = privacy })
		recorded, want := recordedService(t, name)
		_, got := c.calls(t, http.MethodGet, c.lms.MembersURL("2"), recorded.Accept, "", "")
		in := func(v any) any { return v.(map[string]any)["members"] }
		if diff := cmp.Diff(in(want), in(got)); diff != "" {
			t.Errorf("%s: -Moodle +stand-in:\n%s", name, diff)
		}
		if answer, _ := c.calls(t, http.MethodGet, c.lms.MembersURL("2"), "application/json, text/plain", "", ""); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("status %d", answer.StatusCode)
		}
	}
}

// Tokens are JSON that is called HTML, with the scopes that may be had.
func TestProfileMoodleToken(t *testing.T) {
	c := recordedCampus(t, nil)
	recorded, want := recordedService(t, "token")
	answer, got := c.askToken(t, lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore, "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting")
	sameShape(t, want, any(got))
	if answer.Header.Get("Content-Type") != recorded.AnswerType || got["scope"] != want.(map[string]any)["scope"] {
		t.Errorf("%s, scope %v", answer.Header.Get("Content-Type"), got["scope"])
	}
	if answer, got := c.askToken(t, lti.ScopeGroups); answer.StatusCode != http.StatusBadRequest || got["error"] != "invalid_scope" {
		t.Errorf("status %d: %v", answer.StatusCode, got)
	}
}

// What Moodle says of itself, and of a tool that has registered.
func TestProfileMoodleRegistration(t *testing.T) {
	c := newCampus(t, ltitest.Moodle(), atHome)
	var recorded map[string]any
	recordedDoor(t, "openid-configuration.json", &recorded)
	answer, err := http.Get(c.lmsURL + "/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got any
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	sameShape(t, any(recorded), got)
	known := recorded["https://purl.imsglobal.org/spec/lti-platform-configuration"].(map[string]any)["variables"].([]any)
	for _, name := range c.profile.Variables {
		if !slices.Contains(known, any(name)) {
			t.Errorf("Moodle does not know $%s", name)
		}
	}
	if _, _, err := c.registers(t, c.lms.RegistrationURL(c.tool.URL+"/lti/register/x")); err != nil {
		t.Fatal(err)
	}
}
