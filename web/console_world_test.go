package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// consoleUser is a browser that is signed in to the console.
type consoleUser struct {
	*world
	account admin.Account
	client  *http.Client
	token   string
}

// signIn makes an account of the role and a browser with its session.
func (w *world) signIn(tenant string, role admin.Role) *consoleUser {
	w.Helper()
	a := admin.Account{
		ID: storagetest.ID(), TenantID: tenant, Email: string(role) + "@" + storagetest.ID() + ".example", Name: "A " + string(role), Role: role,
		CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(),
	}
	w.must(w.db.CreateAccount(w.Context(), a))
	token, err := w.console.Open(w.Context(), a, "password", "203.0.113.7", "a browser")
	w.must(err)
	return &consoleUser{world: w, account: a, token: token, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// do answers what the console says to that request; form nil: none.
func (u *consoleUser) do(method, path string, form url.Values, header ...string) (*http.Response, string) {
	u.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(u.Context(), method, u.url+path, body)
	u.must(err)
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if u.token != "" {
		r.AddCookie(&http.Cookie{Name: doorConsole, Value: u.token})
	}
	resp, err := u.client.Do(r)
	u.must(err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	u.must(err)
	return resp, string(page)
}

// page is a page that must be there.
func (u *consoleUser) page(path string) string {
	u.Helper()
	resp, page := u.do(get, path, nil)
	if resp.StatusCode != http.StatusOK {
		u.Fatalf("GET %s = %d:\n%s", path, resp.StatusCode, page)
	}
	return page
}

// post sends a form that must lead on, and answers where to.
func (u *consoleUser) post(path string, form url.Values) string {
	u.Helper()
	resp, page := u.do(post, path, form)
	if resp.StatusCode != http.StatusSeeOther {
		u.Fatalf("POST %s = %d:\n%s", path, resp.StatusCode, page)
	}
	return resp.Header.Get("Location")
}

// otherSchool makes another tenant.
func (w *world) otherSchool() classroom.Tenant {
	w.Helper()
	return storagetest.Tenant(w.TB, w.db)
}
