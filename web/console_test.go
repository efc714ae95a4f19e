package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// consoleIDs are things of the default tenant, by the name of the parameter that
// addresses of the console have for them.
func (w *world) consoleIDs() map[string]string {
	class, recording := w.heldClass()
	return map[string]string{
		"deployment": w.waitingDeployment(w.platform).ID,
		"invitation": w.invited().ID,
		"adoption":   w.adopted().ID,

		"platform":  w.platform.ID,
		"account":   w.signIn(classroom.DefaultTenant, admin.Auditor).account.ID,
		"server":    w.bbbRow.ID,
		"class":     class.ID,
		"recording": recording.ID,
		"course":    storagetest.Course(w, w.db, w.platform).ID,
		"room":      class.RoomID,
		"person":    class.StartedBy,
	}
}

var parameter = regexp.MustCompile(`:([a-z]+)`)

// addressOf fills an address in; what nobody gave an id for gets one of nothing.
func addressOf(path string, ids map[string]string) string {
	return parameter.ReplaceAllStringFunc(path, func(p string) string {
		if id, ok := ids[p[1:]]; ok {
			return id
		}
		return noThing
	})
}

// Every address of the console refuses the signed-out, whoever lacks the right,
// and what another site's page sends.
func TestConsoleRoutes(t *testing.T) {
	w := newWorld(t)
	nobody := &consoleUser{world: w, client: w.signIn(classroom.DefaultTenant, admin.Auditor).client}
	users := map[admin.Role]*consoleUser{}
	for _, r := range admin.Roles() {
		users[r] = w.signIn(classroom.DefaultTenant, r)
	}
	ids := w.consoleIDs()
	for _, a := range w.server.areas() {
		for _, r := range a.routes {
			path := addressOf(r.path, ids)
			w.server.refusals = newBudget(w.clock.Now)
			if resp, _ := nobody.do(r.method, path, url.Values{}); resp.StatusCode != http.StatusUnauthorized && !toSignIn(resp) {
				t.Errorf("%s %s signed out: %d", r.method, path, resp.StatusCode)
			}
			for role, u := range users {
				resp, _ := u.do(r.method, path, url.Values{})
				if refused := resp.StatusCode == http.StatusForbidden; refused == u.account.May(r.right) {
					t.Errorf("%s %s as %s: %d", r.method, path, role, resp.StatusCode)
				}
			}
			if r.method == post {
				if resp, _ := users[admin.Owner].do(r.method, path, url.Values{}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); resp.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s from another site: %d", r.method, path, resp.StatusCode)
				}
			}
		}
	}
}

// An owner of another tenant finds nothing under any id of this one.
func TestConsoleOfAnotherTenant(t *testing.T) {
	w := newWorld(t)
	other := w.signIn(w.otherSchool().ID, admin.Owner)
	ids := w.consoleIDs()
	for _, a := range w.server.areas() {
		for _, r := range a.routes {
			if !strings.Contains(r.path, ":") {
				continue
			}
			w.server.refusals = newBudget(w.clock.Now)
			path := addressOf(r.path, ids)
			if resp, _ := other.do(r.method, path, url.Values{}); resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s as another tenant's owner: %d", r.method, path, resp.StatusCode)
			}
		}
	}
}

// Every page of the console is well made, as it is before anything has happened.
func TestConsolePages(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	ids := w.consoleIDs()
	for _, a := range w.server.areas() {
		for _, r := range a.routes {
			if r.method != get {
				continue
			}
			t.Run(r.path, func(t *testing.T) {
				resp, page := u.do(get, addressOf(r.path, ids), nil)
				if resp.StatusCode >= http.StatusInternalServerError {
					t.Fatalf("%d:\n%s", resp.StatusCode, page)
				}
				if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
					checkPage(t, page)
				}
				if policy := resp.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || resp.StatusCode == http.StatusOK && !strings.Contains(policy, "frame-ancestors 'none'") {
					t.Errorf("Content-Security-Policy: %s", policy)
				}
			})
		}
	}
}

func toSignIn(resp *http.Response) bool {
	return resp.StatusCode == http.StatusSeeOther && strings.HasPrefix(resp.Header.Get("Location"), pathSignIn)
}

func TestConsoleSessionsEnd(t *testing.T) {
	tests := []struct {
		name string
		end  func(*consoleUser)
	}{
		{"unused", func(u *consoleUser) { u.clock.forward(admin.SessionIdle) }},
		{"too old", func(u *consoleUser) {
			for range 12 {
				u.clock.forward(admin.SessionMax / 12)
				u.do(get, pathConsole, nil)
			}
		}},
		{"account disabled", func(u *consoleUser) {
			u.account.Disabled = true
			u.must(u.db.SaveAccount(u.Context(), u.account))
		}},
		{"revoked", func(u *consoleUser) { u.must(u.db.EndSessions(u.Context(), u.account.TenantID, u.account.ID, "")) }},
		{"another token", func(u *consoleUser) { u.token = strings.Repeat("A", 52) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
			u.page(pathConsole)
			test.end(u)
			if resp, _ := u.do(get, pathConsole, nil); !toSignIn(resp) {
				t.Errorf("GET %s = %d, want the way to sign in", pathConsole, resp.StatusCode)
			}
		})
	}
}

func TestConsoleSessionsLastWhileUsed(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Auditor)
	for range 8 {
		u.clock.forward(admin.SessionIdle - time.Minute*45)
		u.page(pathConsole)
		if u.clock.Now().Sub(u.account.CreatedAt) > admin.SessionMax-admin.SessionIdle {
			break
		}
	}
}

func TestNextPage(t *testing.T) {
	tests := map[string]string{
		"/console/bbb?page=2":       "/console/bbb?page=2",
		"/console":                  "/console",
		"":                          "/console",
		"/":                         "/console",
		"https://evil.example":      "/console",
		"//evil.example/console":    "/console",
		"/console//evil.example":    "/console",
		"/console/../rooms":         "/console",
		`/console\evil`:             "/console",
		"/console/x\r\nSet-Cookie:": "/console",
		"/console/sign-in?next=x":   "/console",
		"/consolation":              "/console",
		"javascript:alert(1)":       "/console",
	}
	for wish, want := range tests {
		if got := nextPage(wish); got != want {
			t.Errorf("nextPage(%q) = %q, want %q", wish, got, want)
		}
	}
}

// What an address says was done is one of our own texts, or nothing.
func TestSaidIsOurs(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	for _, said := range []string{"console.home", "error.internal", "<script>", "console.said.nothing"} {
		if page := u.page(pathConsole + "?said=" + url.QueryEscape(said)); strings.Contains(page, `id="said"`) {
			t.Errorf("the page says %q", said)
		}
	}
}
