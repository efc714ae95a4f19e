package web

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"classbridge/admin"
	"classbridge/storage/storagetest"
)

// goodPassword is one that nobody would guess.
const goodPassword = "maple gantry 47 violins"

// doorUser is a browser with cookies of its own, before and after it is signed in.
type doorUser struct {
	*world
	cookies map[string]string
}

func (w *world) stranger() *doorUser { return &doorUser{w, map[string]string{}} }

// do sends a request and keeps the cookies that come back.
func (u *doorUser) do(method, path string, form url.Values, header ...string) (*http.Response, string) {
	u.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(u.Context(), method, u.url+path, body)
	u.must(err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, value := range u.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	u.must(err)
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		u.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(u.cookies, c.Name)
		}
	}
	page, err := io.ReadAll(resp.Body)
	u.must(err)
	return resp, string(page)
}

// want is do for an answer of that status; it answers the page, or where it leads.
func (u *doorUser) want(status int, method, path string, form url.Values, header ...string) string {
	u.Helper()
	resp, page := u.do(method, path, form, header...)
	if resp.StatusCode != status {
		u.Fatalf("%s %s = %d, want %d:\n%s", method, path, resp.StatusCode, status, page)
	}
	if status == http.StatusSeeOther {
		return resp.Header.Get("Location")
	}
	return page
}

// in reports whether the browser is signed in.
func (u *doorUser) in() bool {
	resp, _ := u.do(get, pathConsole, nil)
	return resp.StatusCode == http.StatusOK
}

// account makes an account with that password.
func (w *world) account(tenant string, role admin.Role, password string) admin.Account {
	w.Helper()
	a := admin.Account{
		ID: storagetest.ID(), TenantID: tenant, Email: string(role) + "@" + storagetest.ID() + ".example", Name: "Ada Byron", Role: role,
		CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(),
	}
	w.must(w.db.CreateAccount(w.Context(), a))
	if password == "" {
		return a
	}
	code, err := w.console.Recover(w.Context(), a, "")
	w.must(err)
	_, err = w.console.Arrive(w.Context(), code, admin.Arrival{Name: a.Name, Password: password}, admin.From{})
	w.must(err)
	w.must(w.db.EndSessions(w.Context(), tenant, a.ID, ""))
	a, err = w.db.Account(w.Context(), tenant, a.ID)
	w.must(err)
	return a
}

// signsIn is a browser in which the account has signed in by its password.
func (w *world) signsIn(a admin.Account) *doorUser {
	w.Helper()
	u := w.stranger()
	u.want(http.StatusSeeOther, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
	return u
}

// stale makes the browser's last proof an old one.
func (u *doorUser) stale() {
	u.clock.forward(admin.ProofFor)
}

var alert = regexp.MustCompile(`(?s)id="wrong"[^>]*>([^<]*)<`)

// wrongOf is what a page says is wrong.
func wrongOf(page string) string {
	if m := alert.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

// actsOf lists what the audit log has of an account, the oldest first.
func (w *world) actsOf(a admin.Account) []string {
	w.Helper()
	_, db := w.db.Handles()
	rows, err := db.QueryContext(w.Context(), "SELECT act, subject, outcome FROM audit_entries WHERE actor_id = ? ORDER BY id", a.ID)
	w.must(err)
	defer rows.Close()
	var acts []string
	for rows.Next() {
		var act, subject, outcome string
		w.must(rows.Scan(&act, &subject, &outcome))
		acts = append(acts, act+" "+subject+" "+outcome)
	}
	w.must(rows.Err())
	return acts
}
