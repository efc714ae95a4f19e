package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// connectedChat is an owner in a console whose chat is connected.
func connectedChat(t *testing.T) *consoleUser {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
	u.must(u.db.SaveChatConnection(t.Context(), classroom.ChatConnection{
		TenantID: classroom.DefaultTenant, URL: "https://chat.example", TeamName: "school", Token: botToken, OAuthID: "app", OAuthSecret: "c4nary-secret",
		TeamLimit: 50, BotOwner: "it-office", UpdatedAt: u.clock.Now(),
	}))
	return u
}

func chatForm() url.Values {
	return url.Values{"url": {"https://chat.example/"}, "team": {"School"}, "bot": {""}, "login": {"root"}, "password": {chatPassword}, "code": {"123456"}}
}

func (u *consoleUser) has(page string, texts ...string) {
	u.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			u.Errorf("the page does not say %q:\n%s", text, page)
		}
	}
}

func TestConsoleConnectsTheChat(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	u.has(u.page(pathMattermost), `id="none"`, `href="/console/mattermost/connect"`)
	checkPage(t, u.page(pathMattermost+"/connect"))
	at := u.post(pathMattermost+"/connect", chatForm())
	plan := u.page(at)
	checkPage(t, plan)
	u.has(plan, "Raise the limit", "There are many", "Concerns the whole server", "Make the bot", `name="agree" value="wide"`, "root")
	if _, found, err := u.db.FindChatConnection(t.Context(), classroom.DefaultTenant); err != nil || found || u.chat.open() != 1 {
		t.Fatalf("before the confirmation: %v, %v, %d sessions", found, err, u.chat.open())
	}
	if to := u.post(at, url.Values{"agree": {"wide"}}); to != at {
		t.Errorf("the confirmation leads to %s", to)
	}
	report := u.page(at)
	checkPage(t, report)
	u.has(report, `id="well"`, "Made the bot")
	conn, found, err := u.db.FindChatConnection(t.Context(), classroom.DefaultTenant)
	if err != nil || !found || conn.Token != botToken || conn.URL != "https://chat.example" || conn.TeamName != "school" || u.chat.open() != 0 {
		t.Errorf("after it: %+v, %v, %d sessions", conn, err, u.chat.open())
	}
	if resp, _ := u.do(post, at, url.Values{}); resp.StatusCode != http.StatusConflict {
		t.Errorf("confirmed again: %d", resp.StatusCode)
	}
	page := u.page(pathMattermost)
	checkPage(t, page)
	u.has(page, "https://chat.example", "school", `id="rotate-token"`, `id="rotate-secret"`, `id="move-bot"`, `id="disconnect"`)
	u.post(pathMattermost+"/disconnect", url.Values{})
	u.has(u.page(pathMattermost), `id="none"`)
}

func TestConsoleChatWarnsOfWhatWasNotAgreedTo(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
	at := u.post(pathMattermost+"/connect", chatForm())
	u.post(at, url.Values{})
	u.has(u.page(at), "The limit stays")
}

func TestConsoleChatSignInSaysWhatIsWrong(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
	for want, change := range map[string]func(url.Values){
		`id="problem"`:                func(f url.Values) { f.Set("password", "c4nary-wrong") },
		"There is no team nowhere":    func(f url.Values) { f.Set("team", "nowhere") },
		`aria-describedby="url-wrong`: func(f url.Values) { f.Set("url", "chat") },
		`id="url-wrong"`:              func(f url.Values) { f.Set("url", "https://root:pw@chat.example") },
		`id="team-wrong"`:             func(f url.Values) { f.Set("team", "a/b") },
		`id="bot-wrong"`:              func(f url.Values) { f.Set("bot", "a b") },
		`id="login-wrong"`:            func(f url.Values) { f.Del("login") },
		`id="password-wrong"`:         func(f url.Values) { f.Del("password") },
	} {
		form := chatForm()
		change(form)
		resp, page := u.do(post, pathMattermost+"/connect", form)
		if resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", want, resp.StatusCode)
		}
		checkPage(t, page)
		u.has(page, want)
		for _, secret := range []string{"c4nary", "123456"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s: the page gives back what was typed", want)
			}
		}
	}
	if u.chat.open() != 0 {
		t.Errorf("%d sessions are left", u.chat.open())
	}
}

func TestConsoleChatChangeCanBeLeft(t *testing.T) {
	u := connectedChat(t)
	for _, path := range []string{"/connect", "/rotate-token", "/rotate-secret", "/move-bot"} {
		form := chatForm()
		form.Set("owner", "@it-office")
		at := u.post(pathMattermost+path, form)
		u.post(at+"/leave", url.Values{})
		u.has(u.page(at), `id="late"`)
	}
	u.post(pathMattermost+"/rotate-token", chatForm()) // and gone
	other := u.signIn(classroom.DefaultTenant, admin.Owner)
	at := u.post(pathMattermost+"/rotate-token", chatForm())
	for _, path := range []string{at, at + "/leave"} {
		if resp, _ := other.do(post, path, url.Values{}); resp.StatusCode != http.StatusNotFound {
			t.Errorf("another account: POST %s = %d", path, resp.StatusCode)
		}
	}
	if resp, _ := other.do(get, at, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another account reads the plan: %d", resp.StatusCode)
	}
	if u.chat.open() != 1 {
		t.Errorf("%d sessions are open, want the one of the plan", u.chat.open())
	}
}

func TestConsoleChatFailureIsReported(t *testing.T) {
	u := connectedChat(t)
	audit := u.spyOnAudit()
	at := u.post(pathMattermost+"/rotate-token", chatForm())
	u.chat.fail(errors.New("away"))
	u.post(at, url.Values{})
	u.has(u.page(at), `id="problem"`, "It did not work")
	if a := audit.last(); a.Act != "mattermost.rotate_token" || a.Outcome != admin.Failed {
		t.Errorf("the audit log has %+v", a)
	}
}

// auditSpy remembers what is written down.
type auditSpy struct {
	admin.Store
	entries []admin.AuditEntry
}

func (s *auditSpy) CreateAuditEntry(ctx context.Context, e admin.AuditEntry) error {
	s.entries = append(s.entries, e)
	return s.Store.CreateAuditEntry(ctx, e)
}

func (w *world) spyOnAudit() *auditSpy {
	spy := &auditSpy{Store: w.console.Store}
	w.console.Store = spy
	return spy
}

func (s *auditSpy) last() admin.AuditEntry {
	if len(s.entries) == 0 {
		return admin.AuditEntry{}
	}
	return s.entries[len(s.entries)-1]
}

// No page, no log and no audit entry holds a secret of the chat.
func TestConsoleChatKeepsSecrets(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
	audit := u.spyOnAudit()
	at := u.post(pathMattermost+"/connect", chatForm())
	pages := u.page(at)
	u.post(at, url.Values{"agree": {"wide"}})
	for _, path := range []string{at, pathMattermost, pathMattermost + "/health", pathMattermost + "/connect", pathMattermost + "/rotate-token", pathMattermost + "/move-bot"} {
		pages += u.page(path)
	}
	if strings.Contains(pages, "c4nary") {
		t.Error("a page holds a secret")
	}
	if lines := u.log.with("c4nary"); len(lines) > 0 {
		t.Errorf("the log holds a secret: %q", lines)
	}
	for _, a := range audit.entries {
		if strings.Contains(a.Subject+a.Detail, "c4nary") {
			t.Errorf("the audit log holds a secret: %+v", a)
		}
	}
}

func TestConsoleChatOfTheEnvironment(t *testing.T) {
	u := connectedChat(t)
	u.server.ChatGiven = true
	page := u.page(pathMattermost)
	u.has(page, `id="given"`)
	if strings.Contains(page, `id="rotate-token"`) || strings.Contains(page, `id="disconnect"`) {
		t.Error("the page offers to change it")
	}
	for _, path := range []string{"/connect", "/rotate-token", "/disconnect"} {
		if resp, _ := u.do(post, pathMattermost+path, chatForm()); resp.StatusCode != http.StatusConflict {
			t.Errorf("POST %s = %d", path, resp.StatusCode)
		}
	}
}

func TestConsoleChatHealth(t *testing.T) {
	u := connectedChat(t)
	page := u.page(pathMattermost + "/health")
	checkPage(t, page)
	u.has(page, "create_post is missing", "Give it back", "48 / 50", "120 / 250", "40 of 101", "api.some.error")
	u.chat.fail(errors.New("away"))
	u.has(u.page(pathMattermost+"/health"), `id="broken"`)
}

func TestConsoleChannels(t *testing.T) {
	u := connectedChat(t)
	audit := u.spyOnAudit()
	course := storagetest.Course(t, u.db, u.platform)
	person := storagetest.Person(t, u.db, u.platform, "Grace Hopper")
	storagetest.Enrolment(t, u.db, course, person, false)
	at := pathChatCourses + "/" + course.ID
	list := u.page(pathChatCourses + "?search=bio&state=none")
	checkPage(t, list)
	u.has(list, course.Title, at, "0 of 1")
	if strings.Contains(u.page(pathChatCourses+"?search=chemistry"), at) {
		t.Error("a course is listed that is not searched for")
	}
	u.has(u.page(at), `id="open"`, "Never to be let in")
	if to := u.post(at+"/open", url.Values{}); !strings.HasPrefix(to, at+"?said=") {
		t.Errorf("leads to %s", to)
	}
	u.has(u.page(at), "Being made")
	for name, want := range map[string]string{
		"gone": "no such channel", "public": "This channel is public", "archived": "is archived", "without": "The bot is not in this channel", "!": "not a name of a channel",
	} {
		resp, page := u.do(post, at+"/relink", url.Values{"channel": {name}})
		if resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("relink to %s: %d", name, resp.StatusCode)
		}
		checkPage(t, page)
		u.has(page, `id="channel-wrong"`, want, `value="`+name+`"`)
	}
	u.post(at+"/relink", url.Values{"channel": {"https://chat.example/school/channels/Class-9"}})
	page := u.page(at)
	checkPage(t, page)
	u.has(page, "Room id-class-9", `href="https://chat.example/school/channels/class-9"`, "Waiting to be let in")
	if a := audit.last(); a.Act != "channel.relink" || a.SubjectID != course.ID || a.Outcome != admin.Done {
		t.Errorf("the audit log has %+v", a)
	}
	u.post(at+"/resync", url.Values{})
	u.post(at+"/archive", url.Values{})
	u.has(u.page(at), "Archived", `id="open"`)
	if resp, _ := u.do(post, at+"/resync", url.Values{}); resp.StatusCode != http.StatusConflict {
		t.Errorf("resync of an archived channel: %d", resp.StatusCode)
	}
}

func TestConsoleChannelThatCannotBeAsked(t *testing.T) {
	u := connectedChat(t)
	course := storagetest.Course(t, u.db, u.platform)
	course.Channel, course.ChannelID, course.ChannelName = classroom.ChannelOpen, "gone", "gone"
	u.must(u.db.SaveCourse(t.Context(), course))
	u.has(u.page(pathChatCourses+"/"+course.ID), `id="gone"`)
	u.chat.fail(errors.New("mattermost: get channel: 500"))
	u.has(u.page(pathChatCourses+"/"+course.ID), `id="unseen"`, "mattermost: get channel: 500")
}

// Who is in a channel is for those who may read of people.
func TestConsoleChannelPeople(t *testing.T) {
	u := connectedChat(t)
	course := storagetest.Course(t, u.db, u.platform)
	storagetest.Enrolment(t, u.db, course, storagetest.Person(t, u.db, u.platform, "Grace <Hopper>"), false)
	at := pathChatCourses + "/" + course.ID + "/people"
	page := u.page(at + "?why=never&search=grace")
	checkPage(t, page)
	u.has(page, "Grace &lt;Hopper&gt;", "Never to be let in")
	if strings.Contains(u.page(at+"?search=ada"), "Grace") {
		t.Error("somebody is listed who is not searched for")
	}
	auditor := u.signIn(classroom.DefaultTenant, admin.Auditor)
	if resp, _ := auditor.do(get, at, nil); resp.StatusCode != http.StatusForbidden {
		t.Errorf("an auditor reads people: %d", resp.StatusCode)
	}
	if page := auditor.page(pathChatCourses + "/" + course.ID); strings.Contains(page, at) || strings.Contains(page, "Grace") {
		t.Error("the page of the course leads an auditor to people")
	}
}

func TestConsoleAnnouncements(t *testing.T) {
	u := connectedChat(t)
	audit := u.spyOnAudit()
	course := storagetest.Course(t, u.db, u.platform)
	room := storagetest.Room(t, u.db, course)
	a := classroom.Announcement{
		ID: storagetest.ID(), TenantID: course.TenantID, CourseID: course.ID, RoomID: room.ID, State: classroom.AnnouncementWaiting,
		Problem: "mattermost: create post: 403", Failures: 4, FailedAt: u.clock.Now(), CreatedAt: u.clock.Now(), UpdatedAt: u.clock.Now(),
	}
	u.must(u.db.CreateAnnouncement(t.Context(), a))
	page := u.page(pathChatPosts)
	checkPage(t, page)
	u.has(page, course.Title, "Failed 4 times", "create post: 403", "A class")
	u.post(pathChatPosts+"/"+a.ID+"/retry", url.Values{})
	if queued := strings.Join(storagetest.Queued(t, u.db), "\n"); !strings.Contains(queued, a.ID) {
		t.Errorf("queued:\n%s", queued)
	}
	other := u.signIn(u.otherSchool().ID, admin.Owner)
	if resp, _ := other.do(post, pathChatPosts+"/"+a.ID+"/drop", url.Values{}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("given up by another school: %d", resp.StatusCode)
	}
	u.post(pathChatPosts+"/"+a.ID+"/drop", url.Values{})
	if e := audit.last(); e.Act != "announcement.give_up" || e.SubjectID != a.ID {
		t.Errorf("the audit log has %+v", e)
	}
	u.has(u.page(pathChatPosts), `id="none"`)
}

func TestConsoleChatListsArePaged(t *testing.T) {
	u := connectedChat(t)
	for range chatListSize + 1 {
		storagetest.Course(t, u.db, u.platform)
	}
	u.has(u.page(pathChatCourses), `id="next"`, "Page 1 of 2")
	u.has(u.page(pathChatCourses+"?page=2"), `id="previous"`, "Page 2 of 2")
	u.has(u.page(pathChatCourses+"?page=99"), "Page 2 of 2")
	u.has(u.page(pathChatCourses+"?page=-1&search=%00"), "Page 1 of 2")
}
