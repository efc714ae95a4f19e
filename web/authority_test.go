package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// noThing is an id of nothing.
const noThing = "01990000-0000-7000-8000-000000000000"

// The people of the table, in its order.
var everybody = []string{"nobody", "viewer", "moderator", "other course", "other tenant"}

// TestRoutesByRole tries every address as everybody. A ticket or a code of whose
// page it is, where one is sent, is the own one, for the room that is tried.
func TestRoutesByRole(t *testing.T) {
	w := newWorld(t)
	room, browsers := w.population()
	rows := roleTable(room)
	for _, row := range rows {
		w.server.refusals = newBudget(w.clock.Now) // so many refusals of one address would be answered shortly
		for i, who := range everybody {
			if got := w.try(browsers[i], row.method, row.path, room); got != row.want[i] {
				t.Errorf("%s %s as %s: %d, want %d", row.method, strings.Replace(row.path, room, "/rooms/R", 1), who, got, row.want[i])
			}
		}
	}
	for _, a := range w.server.table() {
		for _, r := range a.routes {
			if strings.HasPrefix(r.path, pathConsole) {
				continue // TestConsoleRoutes
			}
			if !slices.ContainsFunc(rows, func(row roleRow) bool { return row.isOf(r) }) {
				t.Errorf("%s %s is not in the table", r.method, r.path)
			}
		}
	}
}

// roleRow is an address and what it answers everybody.
type roleRow struct {
	method, path string
	want         [5]int
}

// isOf reports whether the row tries that route.
func (row roleRow) isOf(r route) bool {
	path, pattern := strings.Split(row.path, "/"), strings.Split(r.path, "/")
	return row.method == r.method && slices.EqualFunc(path, pattern, func(part, of string) bool {
		return part == of || strings.HasPrefix(of, ":")
	})
}

func roleTable(room string) []roleRow {
	return []roleRow{
		{"GET", "/", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/robots.txt", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/static/nothing.css", [5]int{404, 404, 404, 404, 404}},
		{"GET", "/brand/accent/0d5c63.css", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/brand/logo/default/00.png", [5]int{404, 404, 404, 404, 404}},
		{"GET", "/logo.svg", [5]int{200, 200, 200, 200, 200}},
		{"HEAD", "/logo.svg", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/left", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/healthz", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/readyz", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/metrics", [5]int{404, 404, 404, 404, 404}},
		{"GET", "/probe", [5]int{404, 404, 404, 404, 404}}, // without a challenge of our own
		{"GET", "/rooms/probe/events", [5]int{404, 404, 404, 404, 404}},
		{"GET", "/lti/login", [5]int{400, 400, 400, 400, 400}},
		{"POST", "/lti/login", [5]int{400, 400, 400, 400, 400}},
		{"POST", "/lti/launch", [5]int{400, 400, 400, 400, 400}},
		{"GET", "/lti/launch", [5]int{200, 200, 200, 200, 200}}, // launches nothing
		{"HEAD", "/lti/launch", [5]int{200, 200, 200, 200, 200}},
		{"POST", "/lti/deep-linking", [5]int{401, 401, 401, 401, 401}}, // without a placement's ticket
		{"POST", "/lti/notices", [5]int{400, 400, 400, 400, 400}},
		{"GET", "/lti/jwks", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/lti/config.json", [5]int{200, 200, 200, 200, 200}},
		{"GET", "/lti/register/code", [5]int{404, 404, 404, 404, 404}},
		{"POST", "/lti/register/code", [5]int{404, 404, 404, 404, 404}},
		{"GET", room, [5]int{401, 200, 200, 404, 404}},
		{"GET", room + "/panel", [5]int{401, 200, 200, 404, 404}},
		{"GET", room + "/events", [5]int{401, 200, 200, 404, 404}},
		{"GET", room + "/state", [5]int{401, 200, 200, 404, 404}},
		{"GET", room + "/wait", [5]int{401, 200, 200, 404, 404}},
		{"GET", room + "/link", [5]int{401, 401, 401, 401, 401}},
		{"POST", room + "/link", [5]int{401, 401, 401, 401, 401}},
		{"POST", room + "/enter", [5]int{401, 303, 303, 404, 404}},
		{"POST", room + "/end", [5]int{401, 403, 303, 404, 404}},
		{"POST", room + "/channel", [5]int{401, 403, 303, 404, 404}},
		{"POST", room + "/unlink", [5]int{401, 303, 303, 404, 404}},
		{"POST", room + "/join", [5]int{401, 303, 303, 404, 404}},
		{"POST", room + "/start", [5]int{401, 403, 303, 404, 404}},
		{"POST", room + "/wait", [5]int{401, 303, 303, 404, 404}},
		{"POST", room + "/connect", [5]int{401, 303, 303, 404, 404}},
		{"POST", room + "/recordings/" + noThing, [5]int{401, 404, 404, 404, 404}},
		{"GET", goFrom(room), [5]int{303, 303, 303, 303, 303}}, // to the chat, which says who it is
		{"POST", goFrom(room), [5]int{303, 303, 303, 303, 303}},
		{"POST", goFrom(room) + "/switch", [5]int{303, 303, 303, 303, 303}},
		{"GET", goFrom(room) + "/recordings/" + noThing, [5]int{303, 303, 303, 303, 303}},
		{"GET", goFrom(room) + "/state", [5]int{401, 401, 401, 401, 401}},
		{"GET", "/mattermost/oauth", [5]int{401, 401, 401, 401, 401}},
		{"POST", "/mattermost/command", [5]int{401, 401, 401, 401, 401}}, // without the command's token
		{"GET", "/bbb/ended/" + noThing + ".token", [5]int{404, 404, 404, 404, 404}},
		{"GET", "/bbb/rehearsal/" + noThing + ".token", [5]int{404, 404, 404, 404, 404}},
		{"POST", "/bbb/recording/" + noThing, [5]int{410, 410, 410, 410, 410}},
		{"POST", room + "/page", [5]int{401, 404, 404, 404, 404}},  // that leads nowhere
		{"POST", room + "/group", [5]int{401, 404, 404, 404, 404}}, // it is not grouped
		{"GET", room + "/people", [5]int{401, 403, 200, 404, 404}},
		{"POST", room + "/people", [5]int{401, 303, 303, 404, 404}}, // to the list, which refuses viewers
		{"POST", room + "/people/read", [5]int{401, 403, 303, 404, 404}},
		{"GET", room + "/attendance", [5]int{401, 200, 200, 404, 404}},
		{"POST", room + "/attendance/table", [5]int{401, 403, 404, 404, 404}}, // of no meeting
		{"GET", room + "/grades", [5]int{401, 403, 409, 404, 404}},            // switched off
		{"POST", room + "/grades/send", [5]int{401, 403, 409, 404, 404}},
		{"POST", room + "/grades/correct", [5]int{401, 404, 404, 404, 404}}, // of nobody
		{"GET", room + "/settings", [5]int{401, 403, 200, 404, 404}},
		{"POST", room + "/settings", [5]int{401, 403, 303, 404, 404}},
		{"POST", "/bbb/analytics/" + noThing + ".token", [5]int{410, 410, 410, 410, 410}},
		{"POST", room + "/leave", [5]int{401, 200, 200, 404, 404}}, // the last: their sessions end
		{"DELETE", room, [5]int{405, 405, 405, 405, 405}},
		{"GET", "/no-such-page", [5]int{404, 404, 404, 404, 404}},
	}
}

// population makes the five, and answers the path of the room that they try.
func (w *world) population() (string, []*browser) {
	w.Helper()
	w.connectChat()
	w.must(w.db.CreateTenant(w.Context(), classroom.Tenant{ID: "another", Locale: "en", TimeZone: "UTC", ChatGuests: classroom.GuestsWait, CreatedAt: w.clock.Now()}))
	w.must(w.db.CreateServer(w.Context(), classroom.Server{
		ID: storagetest.ID(), TenantID: "another", Name: "BBB", URL: w.bbbURL + "/bigbluebutton/", Secrets: []string{"bbb-secret"},
		Hash: "sha256", CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(),
	}))
	browsers := []*browser{w.browser(), w.browser(), w.browser(), w.browser(), w.browser()}
	_, room := browsers[2].enter("teacher", "room-1")
	browsers[1].enter("learner", "room-1")
	browsers[3].enter("other-teacher", "room-2")
	w.anotherTenant(browsers[4])
	w.running(room)
	return room, browsers
}

// anotherTenant lets the browser launch from the LMS of another school.
func (w *world) anotherTenant(b *browser) {
	w.Helper()
	lms, address := w.newLMS()
	w.register(lms, "another")
	a := b.read(b.Launch(w.Context(), address, "other-teacher", "room-1"))
	a.leads("/rooms/")
}

// try sends what a page of that browser's person would send.
func (w *world) try(b *browser, method, path, room string) int {
	w.Helper()
	fields := url.Values{"whose": {"unknown"}, "ticket": {"none"}}
	if a, ok := w.sessionOf(b, room); ok {
		act := map[string]classroom.Act{"/join": classroom.ActJoin, "/start": classroom.ActStart, "/wait": classroom.ActWait,
			"/connect": classroom.ActConnect, "/attendance/table": classroom.ActTable, "/recordings/" + noThing: classroom.ActPlay}[strings.TrimPrefix(path, room)]
		ticket, err := w.room.Ticket(a, act, noThing)
		w.must(err)
		fields = url.Values{"whose": {w.server.whose(a.Person.ID)}, "ticket": {ticket}}
	}
	if method == "POST" {
		return b.post(path, fields).status
	}
	if strings.HasPrefix(path, room+"/") {
		path += "?" + fields.Encode()
	}
	if strings.Contains(path, "/events") {
		return b.statusOf(path)
	}
	return b.send(method, path, "", nil).status
}

// sessionOf is who the browser is, wherever that person is enrolled, aimed at the room.
func (w *world) sessionOf(b *browser, room string) (classroom.Access, bool) {
	w.Helper()
	for _, c := range b.Client.Jar.Cookies(mustURL(w, w.url)) {
		var v session
		if c.Name != string(doorFrame) {
			continue
		}
		_, _, err := w.room.Signer.Open(purposeSession, c.Value, &v)
		w.must(err)
		l, _, err := w.db.FindLaunch(w.Context(), v.Launch)
		w.must(err)
		return classroom.Access{
			Launch: l, Person: classroom.Person{ID: l.PersonID}, Room: classroom.Room{ID: strings.TrimPrefix(room, "/rooms/")},
		}, true
	}
	return classroom.Access{}, false
}

// statusOf is the status of a stream, which has no end.
func (b *browser) statusOf(path string) int {
	b.Helper()
	resp, err := b.Get(b.Context(), b.url+path)
	b.must(err)
	resp.Body.Close()
	return resp.StatusCode
}
