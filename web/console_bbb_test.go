package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// wrongForm answers a page that comes back with what is wrong.
func (u *consoleUser) wrongForm(path string, form url.Values) string {
	u.Helper()
	resp, page := u.do(post, path, form)
	if resp.StatusCode != wrongForm {
		u.Fatalf("POST %s = %d:\n%s", path, resp.StatusCode, page)
	}
	return page
}

func TestConsoleAddsAServer(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	pool := httptest.NewServer(bbbtest.New(bbbtest.Config{Secrets: []string{"new-s3cret", "old-s3cret"}, Scalelite: true}))
	t.Cleanup(pool.Close)
	page := u.wrongForm(pathServers, url.Values{"url": {pool.URL}, "secret": {"wrong-s3cret"}, "hash": {"sha256"}, "name": {"Pool"}})
	if !strings.Contains(page, "It refuses the secret") || !strings.Contains(page, `value="Pool"`) || strings.Contains(page, "s3cret") {
		t.Errorf("with a wrong secret:\n%s", page)
	}
	page = u.wrongForm(pathServers, url.Values{"url": {"nothing"}, "hash": {"sha256"}})
	if !strings.Contains(page, `id="url-wrong"`) || !strings.Contains(page, `id="secret-wrong"`) {
		t.Errorf("with nothing:\n%s", page)
	}
	to := u.post(pathServers, url.Values{"url": {pool.URL}, "secret": {"old-s3cret"}, "hash": {"sha256"}, "name": {"Pool"}})
	path, _, _ := strings.Cut(to, "?")
	page = u.page(to)
	checkPage(t, page)
	if !strings.Contains(page, "Scalelite pool") || strings.Contains(page, "s3cret") {
		t.Errorf("its page:\n%s", page)
	}

	page = u.wrongForm(path+"/rotate", url.Values{"secret": {"bad-s3cret"}, "days": {"5"}})
	if !strings.Contains(page, `id="rotate-wrong"`) || strings.Contains(page, "s3cret") {
		t.Errorf("after a rotation to a wrong secret:\n%s", page)
	}
	u.post(path+"/rotate", url.Values{"secret": {"new-s3cret"}, "days": {"5"}})
	page = u.page(path)
	if !strings.Contains(page, `id="old"`) || strings.Contains(page, "s3cret") {
		t.Errorf("after a rotation:\n%s", page)
	}
	u.post(path+"/forget", url.Values{})
	u.post(path+"/test", url.Values{})
	u.post(path, url.Values{"url": {pool.URL}, "hash": {"sha512"}, "name": {"Renamed"}})
	u.post(path+"/disable", url.Values{})
	if page := u.page(pathBBB); !strings.Contains(page, "Renamed") || !strings.Contains(page, "Disabled") {
		t.Errorf("the list:\n%s", page)
	}
	u.post(path+"/remove", url.Values{})
	for _, act := range []string{"server.add", "server.rotate", "server.forget_secrets", "server.test", "server.change", "server.disable", "server.remove"} {
		if w.audited(act) != 1 {
			t.Errorf("%s was written down %d times", act, w.audited(act))
		}
	}
}

func TestConsoleLeavesTheEnvironmentsServer(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	given := w.bbbRow
	given.ID, given.Name = classroom.EnvironmentServer, "Given"
	w.must(w.db.CreateServer(t.Context(), given))
	path := pathServers + "/" + classroom.EnvironmentServer
	page := u.page(path)
	checkPage(t, page)
	if !strings.Contains(page, `id="given"`) || strings.Contains(page, `id="save"`) {
		t.Errorf("its page:\n%s", page)
	}
	for _, act := range []string{"", "/rotate", "/forget", "/disable", "/remove"} {
		resp, _ := u.do(post, path+act, url.Values{"url": {"https://evil.example"}, "secret": {"x"}, "hash": {"sha256"}, "days": {"1"}})
		if resp.StatusCode != http.StatusConflict {
			t.Errorf("POST %s%s = %d", path, act, resp.StatusCode)
		}
	}
}

func TestConsoleShowsLiveClasses(t *testing.T) {
	w := newWorld(t)
	class, _ := w.heldClass()
	other := w.otherSchool()
	u, helpdesk, auditor := w.signIn(classroom.DefaultTenant, admin.Admin), w.signIn(classroom.DefaultTenant, admin.Helpdesk), w.signIn(classroom.DefaultTenant, admin.Auditor)
	page := u.page(pathLive)
	checkPage(t, page)
	if !strings.Contains(page, pathLive+"/"+class.ID) {
		t.Errorf("the class is not listed:\n%s", page)
	}
	if page := w.signIn(other.ID, admin.Owner).page(pathLive); strings.Contains(page, class.ID) {
		t.Error("another tenant sees the class")
	}
	// Its teacher is really there.
	teacher, tab := w.browser(), w.browser()
	start, _ := teacher.enter("teacher", "room-1")
	tab.submit(start, "form.start").leads(w.bbbURL)
	started := w.bbb.Meetings()[0]
	w.must(w.bbb.EnterAs(started.MeetingID, bbbtest.Person{UserID: "p-1", Name: "Terry Teacher", Role: "MODERATOR"}))
	for name, test := range map[string]struct {
		user  *consoleUser
		names bool
	}{"admin": {u, true}, "helpdesk": {helpdesk, true}, "auditor": {auditor, false}} {
		page := test.user.page(pathLive + "/" + started.MeetingID)
		checkPage(t, page)
		if strings.Contains(page, "Terry Teacher") != test.names || !strings.Contains(page, "1 person inside") {
			t.Errorf("%s sees:\n%s", name, page)
		}
	}
	u.post(pathLive+"/"+started.MeetingID+"/end", url.Values{})
	if m := w.bbb.Meetings(); len(m) > 0 && !m[0].Ended {
		t.Error("it was not ended")
	}
	if w.audited("meeting.end") != 1 {
		t.Error("that it was ended is not in the audit log")
	}
}

func TestConsoleRecordings(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	_, r := w.heldClass()
	w.bbb.AddRecording(bbbtest.Recording{RecordID: r.RecordID, MeetingID: r.MeetingID, State: "published", Start: r.StartedAt, End: r.EndedAt, Formats: []string{"presentation"}})
	page := u.page(pathRecordings + "?course=biol&state=published")
	checkPage(t, page)
	if !strings.Contains(page, "123 MB") || strings.Contains(page, "/playback/") {
		t.Errorf("the list:\n%s", page)
	}
	if page := u.page(pathRecordings + "?course=chemistry"); strings.Contains(page, r.ID) {
		t.Error("a search finds what it should not")
	}
	one := pathRecordings + "/" + r.ID
	if to := u.post(one+"/play", url.Values{}); !strings.HasPrefix(to, w.bbbURL+"/playback/") {
		t.Errorf("playing leads to %s", to)
	}
	at := url.Values{"at": {pathRecordings + "?course=biol"}}
	if to := u.post(one+"/unpublish", at); !strings.HasPrefix(to, pathRecordings+"?course=biol&said=") {
		t.Errorf("hiding leads to %s", to)
	}
	if to := u.post(one+"/publish", url.Values{"at": {"https://evil.example"}}); !strings.HasPrefix(to, pathRecordings+"?said=") {
		t.Errorf("publishing leads to %s", to)
	}
	u.post(one+"/keep", at)
	if page := u.page(pathRecordings); !strings.Contains(page, "Kept") {
		t.Errorf("the list after it was kept:\n%s", page)
	}
	u.post(one+"/release", at)
	u.post(one+"/delete", at)
	if got := w.bbb.Recordings()[0].State; got != "deleted" {
		t.Errorf("it is %s", got)
	}
	for _, act := range []string{"play", "unpublish", "publish", "keep", "release", "delete"} {
		if w.audited("recording."+act) != 1 {
			t.Errorf("recording.%s was written down %d times", act, w.audited("recording."+act))
		}
	}
}

func TestConsoleRules(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	tests := []struct {
		path  string
		form  url.Values
		wrong string // id of what the page says; empty: saved
	}{
		{"/retention", url.Values{"unpublish": {"30"}, "delete": {"60"}, "warn": {"7"}}, ""},
		{"/retention", url.Values{"unpublish": {"soon"}, "delete": {"60"}, "warn": {"7"}}, "unpublish-wrong"},
		{"/retention", url.Values{"unpublish": {"5"}, "delete": {"60"}, "warn": {"7"}}, "warn-wrong"},
		{"/quota", url.Values{"meetings": {"10"}, "participants": {"0"}, "bytes": {"500"}}, ""},
		{"/quota", url.Values{"meetings": {"-1"}, "participants": {"0"}, "bytes": {"1"}}, "meetings-wrong"},
		{"/quota", url.Values{"meetings": {"1"}, "participants": {"0"}, "bytes": {"much"}}, "bytes-wrong"},
		{"/maintenance", url.Values{"from": {"tomorrow"}, "to": {"2040-01-01T10:00"}}, "from-wrong"},
		{"/maintenance", url.Values{"from": {"2040-01-02T10:00"}, "to": {"2040-01-01T10:00"}}, "to-wrong"},
	}
	for _, test := range tests {
		if test.wrong == "" {
			u.post(pathRules+test.path, test.form)
			continue
		}
		page := u.wrongForm(pathRules+test.path, test.form)
		checkPage(t, page)
		if !strings.Contains(page, `id="`+test.wrong+`"`) {
			t.Errorf("%s %v: the page does not say %s", test.path, test.form, test.wrong)
		}
	}
	page := u.page(pathRules)
	if !strings.Contains(page, `name="unpublish" inputmode="numeric" value="30"`) || !strings.Contains(page, `name="bytes" inputmode="numeric" value="500"`) {
		t.Errorf("what was saved is not there:\n%s", page)
	}
	if page := u.page(pathBBB); !strings.Contains(page, "<meter") {
		t.Errorf("there is no meter:\n%s", page)
	}
}

func TestMaintenanceIsSaidOnPages(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	teacher := w.browser()
	_, room := teacher.enter("teacher", "room-1")
	from := w.clock.Now().Add(time.Hour).UTC()
	u.post(pathRules+"/maintenance", url.Values{
		"from": {from.Format(localTime)}, "to": {from.Add(2 * time.Hour).Format(localTime)}, "words": {"<script>alert(1)</script> New servers"},
	})
	w.clock.forward(time.Second)
	roomPage := func() string {
		page := teacher.get(room)
		page.want(http.StatusOK)
		return page.body
	}
	for name, page := range map[string]string{"console": u.page(pathBBB), "room": roomPage()} {
		checkPage(t, page)
		if !strings.Contains(page, `id="maintenance"`) || !strings.Contains(page, "New servers") {
			t.Errorf("the %s's page does not say that there will be maintenance:\n%s", name, page)
		}
	}
	if !strings.Contains(roomPage(), `id="start"`) {
		t.Error("before it begins nothing can be started")
	}
	w.clock.forward(90 * time.Minute)
	if page := roomPage(); strings.Contains(page, `id="start"`) || !strings.Contains(page, "no class can be started now") {
		t.Errorf("while it lasts:\n%s", page)
	}
	u.post(pathRules+"/maintenance/end", url.Values{})
	w.clock.forward(time.Second)
	if page := roomPage(); strings.Contains(page, `id="maintenance"`) || !strings.Contains(page, `id="start"`) {
		t.Errorf("after it was taken back:\n%s", page)
	}
}

func TestConsoleUsageTable(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Auditor)
	course := storagetest.Course(t, w.db, w.platform)
	err := w.db.Tx(t.Context(), func(tx classroom.Tx) error {
		c, err := tx.LockCourse(t.Context(), course.ID)
		c.Title = `=HYPERLINK("https://evil.example")`
		if err != nil {
			return err
		}
		return tx.SaveCourse(t.Context(), c)
	})
	w.must(err)
	room, who := storagetest.Room(t, w.db, course), storagetest.Person(t, w.db, w.platform, "Grace")
	r := w.recorded(room, who)
	month := r.StartedAt.Format("2006-01")
	checkPage(t, u.page(pathUsage+"?month="+month))
	resp, table := u.do(get, pathUsage+"/table?month="+month, nil)
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") || !strings.Contains(resp.Header.Get("Content-Disposition"), "usage-"+month+".csv") {
		t.Errorf("headers: %v", resp.Header)
	}
	if !strings.Contains(table, `"'=HYPERLINK(""`) || strings.Contains(table, "123000000") || strings.Contains(u.page(pathUsage+"?month="+month), "Recordings") {
		t.Errorf("who may not know of recordings gets:\n%s", table)
	}
	if _, table := w.signIn(classroom.DefaultTenant, admin.Admin).do(get, pathUsage+"/table?month="+month, nil); !strings.Contains(table, `"123000000"`) {
		t.Errorf("the table:\n%s", table)
	}
}

// A look at a server's page leaves its secret to those who call it.
func TestServerPageLeavesTheSecret(t *testing.T) {
	w := newWorld(t)
	clients := map[string]*bbb.Client{}
	w.room.BBB = func(s classroom.Server) *bbb.Client {
		if clients[s.ID] == nil { // as the program keeps them
			clients[s.ID] = &bbb.Client{URL: s.URL, Secrets: s.Secrets}
		}
		return clients[s.ID]
	}
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	u.page(pathServers + "/" + w.bbbRow.ID)
	if err := clients[w.bbbRow.ID].Test(t.Context()); err != nil {
		t.Errorf("after a look at the page: %v", err)
	}
}
