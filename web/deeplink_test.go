package web

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti/ltitest"
)

// signs gives the tool keys, and publishes them.
func (w *world) signs() {
	w.Helper()
	w.must(w.room.Keys.Tend(w.Context()))
	w.server.Config.Keys = w.room.Keys.Published
}

// choosing opens the choice of rooms for a course as that person.
func (b *browser) choosing(person, course string) *answer {
	b.Helper()
	redirect := b.post("/lti/login", b.lms.DeepLinkLogin(person, course)).want(http.StatusFound)
	page := b.read(b.Get(b.Context(), redirect.header.Get("Location"))).want(http.StatusOK)
	_, fields := page.form("form")
	return b.post("/lti/launch", fields)
}

// answers sends the page's form with more fields, by that button.
func (b *browser) answers(page *answer, button string, more url.Values) *answer {
	b.Helper()
	path, fields := page.form("form")
	fields.Set("do", button)
	for name, values := range more {
		fields[name] = values
	}
	return b.post(path, fields)
}

// back takes the answer to the LMS, and answers what that says.
func (b *browser) back(page *answer) *answer {
	b.Helper()
	address, fields := page.want(http.StatusOK).form("form")
	return b.read(b.Post(b.Context(), address, fields))
}

func TestTeacherChoosesRoomsInTheEditor(t *testing.T) {
	w := newWorld(t)
	w.signs()
	b := w.browser()
	b.enter("teacher", "room-1")
	page := w.browser().choosing("teacher", "algebra").want(http.StatusOK).says("deeplink.rooms")
	if got := page.text(".option strong"); got != "Weekly class" {
		t.Errorf("the course's rooms are %q", got)
	}
	old := page.attr(".option input", "value")
	// No cookie is needed: another browser sends the form.
	out := w.browser().answers(page, "place", url.Values{
		"room": {old}, "title": {"Lab <b>&", ""}, "description": {"Every\r\nMonday", ""}, "graded": {"0", "1"}, "record": {"1"},
	}).want(http.StatusOK)
	policy := out.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "form-action "+w.lmsURL+"; frame-ancestors "+w.lmsURL) {
		t.Errorf("the form may lead to %s", policy)
	}
	if got := out.attr("form", "action"); !strings.HasPrefix(got, w.lmsURL+"/deep-link/return?course=algebra&sesskey=") {
		t.Errorf("it leads to %s", got)
	}
	if !out.has("form[data-submit] button") || !strings.HasPrefix(out.attr("script", "src"), "/static/submit.") {
		t.Error("nothing submits the form")
	}
	if got := b.back(out); got.status != http.StatusOK || got.body != "2 added" {
		t.Fatalf("the LMS says %d %s", got.status, got.body)
	}
	links := w.lms.Picked("algebra")
	lab := links[slices.IndexFunc(links, func(k ltitest.Link) bool { return k.Title == "Lab <b>&" })]
	if lab.Description != "Every Monday" || lab.LineItem == nil || lab.LineItem.ResourceID != lab.Custom["room"] {
		t.Errorf("the link is %+v", lab)
	}
	room, path := w.browser().enter("learner", lab.ID)
	if path != "/rooms/"+lab.Custom["room"] || room.text("h1") != "Lab <b>&" {
		t.Errorf("the link leads to %s, %q", path, room.text("h1"))
	}
	if _, path := w.browser().enter("learner", links[0].ID); path != "/rooms/"+links[0].Custom["room"] {
		t.Errorf("the link of an old room leads to %s", path)
	}
	for _, line := range w.log.with("") {
		if strings.Contains(line, "sesskey") || strings.Contains(line, "/deep-link/return") {
			t.Errorf("the return address is in the log: %s", line)
		}
	}
}

func TestTheChoiceIsDrawnAgainWithWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.signs()
	b := w.browser()
	b.enter("teacher", "room-1")
	page := b.choosing("teacher", "algebra")
	old := page.attr(".option input", "value")
	typed := url.Values{
		"room": {old}, "title": {"", "Lab", ""}, "description": {"", "Mondays", "no name"}, "record": {"2"}, "graded": {"1"},
	}
	for _, test := range []struct {
		button string
		status int
		rows   int
	}{{"more", 200, 6}, {"place", 400, 3}} {
		again := b.answers(page, test.button, typed).want(test.status)
		if n := len(again.all("input[name=title]")); n != test.rows {
			t.Errorf("%s: %d rows", test.button, n)
		}
		if !again.has(`.option input[checked][value="`+old+`"]`) || !again.has(`input[name=title][value=Lab]`) || again.text("textarea") != "Mondaysno name" {
			t.Errorf("%s: what was typed is lost", test.button)
		}
		if !again.has(`input[name=record][value="2"][checked]`) || again.has(`input[name=record][value="1"][checked]`) || !again.has(`input[name=graded][value="1"][checked]`) {
			t.Errorf("%s: what was ticked is lost", test.button)
		}
	}
	again := b.answers(page, "place", typed).says("deeplink.title_missing")
	if again.attr("#problem-2", "role") != "alert" || again.has("#problem-1") {
		t.Error("what is wrong is not said beside it")
	}
	b.answers(again, "place", url.Values{"room": {}, "title": {" "}, "description": {""}}).want(http.StatusBadRequest).says("deeplink.none_chosen")
	if n := len(w.lms.Picked("algebra")); n != 0 {
		t.Errorf("%d links", n)
	}
}

func TestLeavingTheChoice(t *testing.T) {
	w := newWorld(t)
	w.signs()
	b := w.browser()
	out := b.answers(b.choosing("teacher", "algebra"), "leave", url.Values{"title": {"Lab"}})
	if got := b.back(out); got.body != "0 added" {
		t.Errorf("the LMS says %d %s", got.status, got.body)
	}
}

func TestLearnersChooseNothing(t *testing.T) {
	w := newWorld(t)
	w.signs()
	b := w.browser()
	page := b.choosing("learner", "algebra").want(http.StatusForbidden).says("error.placement_learner")
	if page.has("input[name=title]") || w.launches.last() != "refused placement_learner" {
		t.Errorf("a learner may choose; observed %q", w.launches.last())
	}
	b.answers(page, "place", url.Values{"title": {"Mine"}}).want(http.StatusForbidden).says("error.placement_learner")
	if got := b.back(b.answers(page, "leave", nil)); got.body != "0 added" {
		t.Errorf("the LMS says %d %s", got.status, got.body)
	}
}

func TestPlacementsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	w.signs()
	b := w.browser()
	page := b.choosing("teacher", "algebra")
	title := url.Values{"title": {"Lab"}}
	b.answers(page, "place", title).want(http.StatusOK)
	b.answers(page, "place", title).want(http.StatusOK)
	a := b.answers(page, "place", url.Values{"title": {"Another"}}).want(http.StatusConflict).says("error.placement_answered")
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors "+w.lmsURL) {
		t.Errorf("the LMS cannot frame the refusal: %s", csp)
	}
	b.answers(page, "place", url.Values{"ticket": {"forged.ticket"}}).want(http.StatusUnauthorized).says("error.placement_expired")
	b.answers(page, "place", url.Values{"title": {strings.Repeat("x", maxPlacement)}}).want(http.StatusRequestEntityTooLarge)
	path, fields := page.form("form")
	fields.Set("title", "Lab")
	b.send("POST", path, fields.Encode(), map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site",
	}).want(http.StatusForbidden).says("error.cross_origin")
	w.clock.forward(time.Hour)
	b.answers(page, "place", title).want(http.StatusUnauthorized).says("error.placement_expired")
}

func TestOneRoomWhereTheLMSTakesOne(t *testing.T) {
	w := newWorld(t)
	w.signs()
	w.lms.Profile.DeepLinking.Single = true
	b := w.browser()
	b.enter("teacher", "room-1")
	page := b.choosing("teacher", "algebra")
	if len(page.all("input[name=title]")) != 1 || page.has("#more") || page.attr(".option input", "type") != "radio" {
		t.Error("the page offers several")
	}
	old := page.attr(".option input", "value")
	b.answers(page, "place", url.Values{"room": {old}, "title": {"Lab"}}).want(http.StatusBadRequest).says("deeplink.only_one")
	if got := b.back(b.answers(page, "place", url.Values{"room": {old}})); got.body != "1 added" {
		t.Errorf("the LMS says %d %s", got.status, got.body)
	}
}

// An LMS's address that would end the policy, or its directive, never gets there.
func TestReturnAddressesCannotEndThePolicy(t *testing.T) {
	w := newWorld(t)
	w.signs()
	b := w.browser()
	for _, address := range []string{"https://a.example;script-src/x", "https://a.example,b.example/"} {
		w.lms.Alter = func(claims map[string]any) {
			claims["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"].(map[string]any)["deep_link_return_url"] = address
		}
		a := b.choosing("teacher", "algebra")
		if a.status == http.StatusOK {
			a = b.answers(a, "leave", nil)
		}
		if a.status == http.StatusOK || strings.Contains(a.header.Get("Content-Security-Policy"), ".example;") || strings.Contains(a.header.Get("Content-Security-Policy"), ",") {
			t.Errorf("%s: %d with %s", address, a.status, a.header.Get("Content-Security-Policy"))
		}
	}
}

// What a Moodle 4.5 has sent, with our key and its time.
func TestMoodlesOwnRequest(t *testing.T) {
	w := newWorld(t)
	w.signs()
	data, err := os.ReadFile("../lti/testdata/moodle-4.5/LtiDeepLinkingRequest-teacher1.json")
	w.must(err)
	w.lms.Alter = func(claims map[string]any) {
		var sent map[string]any
		w.must(json.Unmarshal(data, &sent))
		for _, ours := range []string{"iss", "aud", "nonce", "iat", "exp", claimPrefix + "deployment_id", claimPrefix + "target_link_uri"} {
			sent[ours] = claims[ours]
		}
		clear(claims)
		maps.Copy(claims, sent)
	}
	b := w.browser()
	page := b.choosing("teacher", "algebra").want(http.StatusOK)
	if !page.has(`input[name=graded]`) || page.text(".course") != "Algebra 101" || page.attr("input[name=title]", "value") != "Mini Tool" {
		t.Error("the page is not for what Moodle wants")
	}
	out := b.answers(page, "place", url.Values{"title": {"Lab", "Office"}, "graded": {"0"}}).want(http.StatusOK)
	if got, want := out.attr("form", "action"), "http://moodle.localhost:8085/mod/lti/contentitem_return.php?course=2&id=8&sesskey="; !strings.HasPrefix(got, want) {
		t.Errorf("the answer goes to %s", got)
	}
	if csp := out.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action http://moodle.localhost:8085;") {
		t.Error(csp)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(out.attr("input[name=JWT]", "value"), ".")[1])
	w.must(err)
	if strings.Contains(string(payload), "/claim/data") || strings.Count(string(payload), `"lineItem"`) != 1 {
		t.Errorf("the answer is %s", payload)
	}
}

// TestDeepLinkingOnEveryLMS places a room and opens it, on all that have deep
// linking. Launches from Open edX name roles of the institution only: a teacher is
// one by the roster there.
func TestDeepLinkingOnEveryLMS(t *testing.T) {
	for _, profile := range ltitest.Profiles() {
		if profile.DeepLinking == nil || profile.Family == ltitest.OpenEdX().Family {
			continue
		}
		t.Run(profile.Name, func(t *testing.T) {
			w := newWorld(t)
			w.signs()
			w.lms, w.lmsURL = w.newLMSOf(profile)
			w.register(w.lms, classroom.DefaultTenant)
			b := w.browser()
			page := b.choosing("teacher", "algebra").want(http.StatusOK)
			if got := b.back(b.answers(page, "place", url.Values{"title": {"Lab"}, "graded": {"0"}})); got.body != "1 added" {
				t.Fatalf("the LMS says %d %s", got.status, got.body)
			}
			lab := w.lms.Picked("algebra")[0]
			if (lab.LineItem != nil) != (profile.DeepLinking.LineItems && profile.Grades != nil) {
				t.Errorf("the link's column is %+v", lab.LineItem)
			}
			if _, path := w.browser().enter("learner", lab.ID); path != "/rooms/"+lab.Custom["room"] {
				t.Errorf("the link leads to %s", path)
			}
			copied, err := w.lms.Copy(w.Context(), "algebra")
			w.must(err)
			for _, k := range w.lms.LinksOf(copied.ID) {
				if !strings.HasPrefix(k.ID, lab.ID) {
					continue
				}
				_, path := w.browser().enter("learner", k.ID)
				room, err := w.db.Room(t.Context(), strings.TrimPrefix(path, "/rooms/"))
				w.must(err)
				told := slices.Contains(profile.Variables, "Context.id.history")
				if room.ID == lab.Custom["room"] || (room.CopiedFrom == lab.Custom["room"]) != told {
					t.Errorf("the copy's link leads to %+v; the LMS tells what was copied: %v", room, told)
				}
			}
		})
	}
}
