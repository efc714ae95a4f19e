package web

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// slowly sends a form whose body comes only after meanwhile, which is called once
// the server waits for it.
func (u *consoleUser) slowly(path string, form url.Values, meanwhile func()) *http.Response {
	u.Helper()
	waits := make(chan struct{})
	body, typing := io.Pipe()
	trace := &httptrace.ClientTrace{Got100Continue: func() { close(waits) }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(u.Context(), trace), post, u.url+path, body)
	u.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Expect", "100-continue") // the server says so when it begins to read
	r.AddCookie(&http.Cookie{Name: doorConsole, Value: u.token})
	go func() {
		select {
		case <-waits:
			meanwhile()
			_, err := io.Copy(typing, strings.NewReader(form.Encode()))
			_ = typing.CloseWithError(err)
		case <-u.Context().Done():
			_ = typing.CloseWithError(u.Context().Err())
		}
	}()
	client := &http.Client{
		Transport:     &http.Transport{ExpectContinueTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	u.must(err)
	resp.Body.Close()
	return resp
}

// What somebody may do is what they may when the whole form is there: a form that
// was begun before somebody was shut out does nothing any more.
func TestSlowFormOfADisabledAccount(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	resp := u.slowly(pathAccounts+"/invite", url.Values{"email": {"eve@example.org"}, "name": {"Eve"}, "role": {"owner"}}, func() {
		a := u.account
		a.Disabled = true
		if err := w.db.SaveAccount(t.Context(), a); err != nil {
			t.Error(err)
		}
	})
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusSeeOther {
		t.Errorf("the form was answered by %d", resp.StatusCode)
	}
	if _, found, err := w.db.FindAccountByEmail(t.Context(), "eve@example.org"); found || err != nil {
		t.Errorf("an account was made: %t, %v", found, err)
	}
}

// Nobody enables a school by settings that were sent before it was disabled.
func TestSlowSettingsOfADisabledSchool(t *testing.T) {
	w := newWorld(t)
	school := w.otherSchool()
	u := w.signIn(school.ID, admin.Owner)
	before := admin.Visitor{Account: u.account, Tenant: school}
	u.slowly(pathSettings, schoolForm(), func() {
		school.Disabled = true
		if err := w.db.SaveTenant(t.Context(), school); err != nil {
			t.Error(err)
		}
	})
	w.must(w.console.ChangeSettings(t.Context(), before, map[string]string{"name": "Ours"}))
	if got, err := w.db.Tenant(t.Context(), school.ID); err != nil || !got.Disabled {
		t.Errorf("the school is enabled again: %+v, %v", got, err)
	}
}
