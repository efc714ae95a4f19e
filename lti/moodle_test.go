package lti_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
)

const moodle = "http://moodle.localhost:8085"

// payloads are id_tokens that a Moodle 4.5 has sent.
func payloads(t testing.TB) map[string]map[string]any {
	t.Helper()
	files, err := filepath.Glob("testdata/moodle-4.5/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d payloads: %v", len(files), err)
	}
	found := make(map[string]map[string]any)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var payload map[string]any
		if err := json.Unmarshal(data, &payload); err != nil {
			t.Fatal(err)
		}
		found[strings.TrimSuffix(filepath.Base(file), ".json")] = payload
	}
	return found
}

// replay launches with such a payload, with our key, nonce and time in it.
func replay(t *testing.T, w *world, payload map[string]any) *lti.Launch {
	t.Helper()
	w.tool.URL = strings.TrimSuffix(payload[claim+"target_link_uri"].(string), "/launch")
	w.platforms.change("p1", func(p *lti.Platform) {
		p.Issuer, p.ClientID, p.OnPremises = moodle, payload["aud"].(string), true
	})
	login, err := w.tool.Login(t.Context(), url.Values{
		"iss":               {moodle},
		"client_id":         {payload["aud"].(string)},
		"target_link_uri":   {payload[claim+"target_link_uri"].(string)},
		"login_hint":        {payload["sub"].(string)},
		"lti_message_hint":  {`{"cmid":18,"launchid":"ltilaunch17_2097554940"}`},
		"lti_deployment_id": {payload[claim+"deployment_id"].(string)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	query := parse(t, login.URL).Query()
	payload["nonce"], payload["iat"], payload["exp"] = query.Get("nonce"), w.Now().Unix(), w.Now().Unix()+60
	form := url.Values{"state": {query.Get("state")}, "id_token": {w.lms.IDToken(payload)}}
	launch, err := w.tool.Verify(t.Context(), form, login.Cookies)
	if err != nil {
		t.Fatal(err)
	}
	return launch
}

func TestMoodleLaunches(t *testing.T) {
	const instructor, learner = ltitest.Instructor, ltitest.Learner
	type summary struct {
		Subject, Name, Email, Locale string
		Roles                        []string
		Link, Target, Room           string
		NRPS, Item                   bool
	}
	want := map[string]summary{
		"LtiResourceLinkRequest-teacher1":             {"3", "Terry Teacher", "teacher1@example.edu", "en", []string{instructor}, "Classroom", "iframe", "algebra", true, true},
		"LtiResourceLinkRequest-ta1":                  {"4", "Tania Assistant", "ta1@example.edu", "en", []string{instructor}, "Classroom", "iframe", "algebra", true, true},
		"LtiResourceLinkRequest-student1":             {"5", "Sam Student", "student1@example.edu", "en", []string{learner}, "Picked room 1", "window", "room-1", true, true},
		"LtiResourceLinkRequest-student2":             {"6", "Zoë Ångström-O'Neil", "student2@example.edu", "en", []string{learner}, "Win", "window", "", true, false},
		"LtiResourceLinkRequest-susp1":                {"7", "Susan Suspended", "susp1@example.edu", "en", []string{learner}, "Classroom", "iframe", "algebra", true, true},
		"LtiResourceLinkRequest-deep-linked":          {"5", "Sam Student", "student1@example.edu", "en", []string{learner}, "Picked room 1", "iframe", "room-1", true, true},
		"LtiResourceLinkRequest-new-window":           {"5", "Sam Student", "student1@example.edu", "en", []string{learner}, "Picked room 1", "window", "room-1", true, true},
		"LtiResourceLinkRequest-no-grades-phone":      {"5", "Sam Student", "student1@example.edu", "en", []string{learner}, "Plain", "frame", "", true, false},
		"LtiResourceLinkRequest-teacher1-privacy-off": {"3", "", "", "en", []string{instructor}, "Embed room", "iframe", "", true, true},
		"LtiResourceLinkRequest-admin": {"2", "Admin User", "admin@example.edu", "en", []string{
			"http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator", instructor,
			"http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
		}, "Classroom", "iframe", "algebra", true, true},
		"LtiDeepLinkingRequest-teacher1": {"3", "Terry Teacher", "teacher1@example.edu", "en", []string{instructor}, "", "", "", false, false},
	}
	w := newWorld(t)
	for name, payload := range payloads(t) {
		t.Run(name, func(t *testing.T) {
			l := replay(t, w, payload)
			got := summary{
				Subject: l.Subject, Name: l.Name, Email: l.Email, Locale: l.Locale,
				Link: l.ResourceLink.Title, Target: l.Presentation.DocumentTarget, Room: l.Custom["room"],
				NRPS: l.NRPS != nil, Item: l.AGS != nil && l.AGS.LineItem != "",
			}
			for _, r := range l.Roles {
				got.Roles = append(got.Roles, r.Raw)
			}
			if diff := cmp.Diff(want[name], got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if l.Context == nil || l.Context.ID != "2" || l.Context.Type[0] != "CourseSection" || l.ToolPlatform.Family != "moodle" {
				t.Errorf("context %v, platform %v", l.Context, l.ToolPlatform)
			}
		})
	}
}
