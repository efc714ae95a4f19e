package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

func schoolForm() url.Values {
	return url.Values{
		"name": {"Greenfield"}, "locale": {"de"}, "time-zone": {"Europe/Berlin"}, "chat-guests": {"refuse"}, "names-in-posts": {"yes"}, "language": {"en"},
	}
}

func TestConsoleSettings(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	other := w.otherSchool()

	wrong := schoolForm()
	wrong.Set("time-zone", "Mars/<Base>")
	resp, page := u.do(post, pathSettings, wrong)
	if resp.StatusCode != wrongForm || !strings.Contains(page, `id="zone-wrong"`) || !strings.Contains(page, `value="Mars/&lt;Base&gt;"`) || !strings.Contains(page, `value="Greenfield"`) {
		t.Errorf("a mistake answers %d:\n%s", resp.StatusCode, page)
	}
	u.post(pathSettings, schoolForm())
	got, err := w.db.Tenant(t.Context(), classroom.DefaultTenant)
	w.must(err)
	if got.Name != "Greenfield" || got.Locale != "de" || got.TimeZone != "Europe/Berlin" || got.ChatGuests != classroom.GuestsRefused || !got.NamesInPosts || got.MatchEmail {
		t.Errorf("kept: %+v", got)
	}
	kept, err := w.db.Tenant(t.Context(), other.ID)
	w.must(err)
	if kept.Name != other.Name || kept.Locale != other.Locale {
		t.Errorf("another school has changed: %+v", kept)
	}
	if entries := w.entriesOf("school.change"); len(entries) != 1 || !strings.Contains(entries[0].Detail, `time-zone: "UTC" -> "Europe/Berlin"`) {
		t.Errorf("audit: %+v", entries)
	}
}

// entriesOf lists what the audit log holds of an act, in the default tenant.
func (w *world) entriesOf(act string) []admin.AuditEntry {
	w.Helper()
	entries, err := w.db.AuditEntries(w.Context(), classroom.DefaultTenant, admin.AuditFilter{Act: act, Limit: 50})
	w.must(err)
	return entries
}

func TestSentencesOfPosts(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	path := pathSettings + "/phrases"
	form := url.Values{"started": {"Welcome to {course}."}, "ended": {"See you, {colour}"}}
	resp, page := u.do(post, path, form)
	if resp.StatusCode != wrongForm || !strings.Contains(page, `id="ended-wrong"`) || !strings.Contains(page, "Welcome to {course}.") {
		t.Errorf("a mistake answers %d:\n%s", resp.StatusCode, page)
	}
	form = url.Values{"started": {"<b>Welcome</b> to {course}."}, "do": {"look"}}
	resp, page = u.do(post, path, form)
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, "&lt;b&gt;Welcome&lt;/b&gt; to Biology 101.") {
		t.Errorf("how it reads, %d:\n%s", resp.StatusCode, page)
	}
	if p, err := w.room.Phrases(t.Context(), classroom.DefaultTenant); err != nil || p.Started != "" {
		t.Errorf("looking has kept %+v: %v", p, err)
	}
	form.Set("do", "save")
	u.post(path, form)
	if p, err := w.room.Phrases(t.Context(), classroom.DefaultTenant); err != nil || p.Started != "<b>Welcome</b> to {course}." {
		t.Errorf("kept %+v: %v", p, err)
	}
}

func policyForm() url.Values {
	return url.Values{
		"starters": {"course"}, "channels": {"asked"}, "guests": {"viewer"}, "names": {"hidden"}, "notice": {"We keep it for a year."},
		"pilot": {"algebra\r\nBIO\r\n"}, "role_graders": {"yes"},
	}
}

func TestPoliciesOfAPlatform(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	path := pathSettings + "/platforms/" + w.platform.ID
	wrong := policyForm()
	wrong.Set("notice", strings.Repeat("x", 301))
	if resp, page := u.do(post, path, wrong); resp.StatusCode != wrongForm || !strings.Contains(page, `id="notice-wrong"`) || !strings.Contains(page, "algebra") {
		t.Errorf("a mistake answers %d:\n%s", resp.StatusCode, page)
	}
	u.post(path, policyForm())
	p, err := w.db.Platform(t.Context(), w.platform.ID)
	w.must(err)
	if p.Starters != classroom.StartCourse || p.Channels != classroom.ChannelWhenAsked || p.ChatGuests != classroom.GuestsEnter || p.Record ||
		len(p.Pilot) != 2 || !p.Roles.On(classroom.Graders) || p.Roles.On(classroom.TeachingAssistants) || p.Issuer != w.platform.Issuer {
		t.Errorf("kept: %+v", p)
	}
	if entries := w.entriesOf("platform.policies"); len(entries) != 1 || !strings.Contains(entries[0].Detail, `role switch graders: "false" -> "true"`) {
		t.Errorf("audit: %+v", entries)
	}

	// What it does: a learner of a course that takes part may start a class.
	room, _ := w.browser().enter("learner", "room-1")
	if !room.has("#start") || room.has("#wait") {
		t.Error("the learner's page offers no start")
	}
	p.Pilot = []string{"biology"}
	w.must(w.db.SavePolicies(t.Context(), p))
	w.browser().launch("learner", "room-1").want(http.StatusForbidden).says("error.not_in_pilot")
	w.browser().enter("learner", "room-2")
}

func TestRecordNotice(t *testing.T) {
	w := newWorld(t)
	w.keeps(w.lms.Privacy, func(p *classroom.Platform) { p.RecordNotice = "We keep it <forever>." })
	page, path := w.browser().enter("learner", "room-1")
	if !strings.Contains(page.body, "We keep it &lt;forever&gt;.") {
		t.Errorf("%s does not say what the school says of recording", path)
	}
}

func TestTryOut(t *testing.T) {
	w := newWorld(t)
	w.browser().enter("teacher", "room-1")
	path := pathSettings + "/platforms/" + w.platform.ID + "/try"
	form := policyForm()
	form.Set("person", "Terry")
	form.Set("roles", `["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#Grader"]`)
	page := func(role admin.Role) string {
		resp, page := w.signIn(classroom.DefaultTenant, role).do(post, path, form)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("try-out: %d", resp.StatusCode)
		}
		checkPage(t, page)
		return page
	}
	got := page(admin.Admin)
	for _, want := range []string{"course_grader", `<span class="chip warn">Moderator`, "Terry Teacher", `id="changes"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the try-out does not say %q:\n%s", want, got)
		}
	}
	form.Del("role_graders")
	if got := page(admin.Admin); !strings.Contains(got, `<span class="chip good">Viewer`) {
		t.Error("a grader moderates without the switch")
	}
	if got := page(admin.Auditor); strings.Contains(got, "Terry Teacher") {
		t.Error("an auditor reads who is enrolled")
	}
	p, err := w.db.Platform(t.Context(), w.platform.ID)
	w.must(err)
	if p.Roles.On(classroom.Graders) || p.Starters != "" {
		t.Errorf("trying has changed the platform: %+v", p)
	}
}

// Who comes with a language that the school does not offer reads the school's.
func TestOfferedLanguages(t *testing.T) {
	w := newWorld(t)
	c, err := w.db.Tenant(t.Context(), classroom.DefaultTenant)
	w.must(err)
	c.Languages, c.Locale = "en", "en"
	w.must(w.db.SaveTenant(t.Context(), c))
	b := w.browser()
	_, path := b.enter("learner", "room-1")
	page := b.send(get, path, "", map[string]string{"Accept-Language": "de"})
	if page.attr("html", "lang") != "en" {
		t.Errorf("the page speaks %s", page.attr("html", "lang"))
	}
}
