package lti_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// stored is a login at a platform with storage, and the good answer to it.
func (w *world) stored(t testing.TB, target string) (*lti.Login, url.Values) {
	t.Helper()
	form := w.lms.Login("teacher", "room-1")
	form.Set("lti_storage_target", target)
	login, err := w.tool.Login(t.Context(), form, nil)
	if err != nil {
		t.Fatal(err)
	}
	query := parse(t, login.URL).Query()
	claims, err := w.lms.Claims("teacher", "room-1", query.Get("nonce"))
	if err != nil {
		t.Fatal(err)
	}
	return login, url.Values{"state": {query.Get("state")}, "id_token": {w.lms.IDToken(claims)}}
}

// refusedFor is the whole refusal of a launch without its cookie.
func (w *world) refusedFor(t testing.TB, form url.Values) *lti.Error {
	t.Helper()
	_, err := w.tool.Verify(t.Context(), form, nil)
	var e *lti.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return e
}

// The whole way without a cookie: put at the login, asked for at the launch.
func TestLaunchByStorage(t *testing.T) {
	w := newWorld(t)
	w.platforms.change("p1", func(p *lti.Platform) { p.AuthURL = "https://SSO.lms.example:443/auth?x=y" })
	login, form := w.stored(t, "post_message_forwarding")
	want := &lti.Storage{Target: "post_message_forwarding", Origin: "https://sso.lms.example"}
	if diff := cmp.Diff(want, login.Storage, cmpopts.IgnoreFields(lti.Storage{}, "Key", "Value")); diff != "" {
		t.Errorf("at the login: -want +got:\n%s", diff)
	}
	if s := login.Storage; !strings.HasPrefix(s.Key, "lti_state_") || len(s.Value) < 20 || strings.Contains(login.URL, s.Value) {
		t.Errorf("key %q, value %q", s.Key, s.Value)
	}
	if login.Storage.Value == strings.SplitN(login.Cookies[0].Value, ".", 2)[1] {
		t.Error("a script gets to know the cookie's value")
	}

	refusal := w.refusedFor(t, form)
	if refusal.Reason != lti.CookieMissing || refusal.PlatformID != "p1" {
		t.Errorf("without the cookie: %v", refusal)
	}
	want.Key = login.Storage.Key
	if diff := cmp.Diff(want, refusal.Storage); diff != "" {
		t.Errorf("at the launch: -want +got:\n%s", diff)
	}

	launch, err := w.tool.VerifyStored(t.Context(), form, login.Storage.Value)
	if err != nil {
		t.Fatal(err)
	}
	if launch.Subject != "teacher" || launch.Nonce == "" || len(launch.Cookies) != 1 || launch.Cookies[0].MaxAge >= 0 {
		t.Errorf("launch of %q, cookies %v", launch.Subject, launch.Cookies)
	}
}

func TestStoredRefusals(t *testing.T) {
	w := newWorld(t)
	other, _ := w.stored(t, "_parent")
	tests := []struct {
		name   string
		target string
		change func(form url.Values, value *string)
		want   lti.Reason
	}{
		{"as it should be", "_parent", func(url.Values, *string) {}, ""},
		{"nothing stored", "_parent", func(_ url.Values, v *string) { *v = "" }, lti.StorageMissing},
		{"another value", "_parent", func(_ url.Values, v *string) { *v += "x" }, lti.StorageMismatch},
		{"value of another login", "_parent", func(_ url.Values, v *string) { *v = other.Storage.Value }, lti.StorageMismatch},
		{"the state itself", "_parent", func(f url.Values, v *string) { *v = f.Get("state") }, lti.StorageMismatch},
		{"no state", "_parent", func(f url.Values, _ *string) { f.Del("state") }, lti.StateMissing},
		{"state of another", "_parent", func(f url.Values, _ *string) { f.Set("state", f.Get("state")[1:]) }, lti.StateInvalid},
		{"token of another login", "_parent", func(f url.Values, _ *string) {
			claims, err := w.lms.Claims("teacher", "room-1", "another nonce")
			if err != nil {
				t.Fatal(err)
			}
			f.Set("id_token", w.lms.IDToken(claims))
		}, lti.NonceMismatch},
		{"platform says no", "_parent", func(f url.Values, _ *string) { f.Set("error", "login_required") }, lti.LMSLoginRequired},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			login, form := w.stored(t, test.target)
			value := login.Storage.Value
			test.change(form, &value)
			_, err := w.tool.VerifyStored(t.Context(), form, value)
			if got := reason(t, err); got != test.want {
				t.Errorf("reason %q, want %q: %v", got, test.want, err)
			}
		})
	}
	t.Run("too late", func(t *testing.T) {
		login, form := w.stored(t, "_parent")
		w.pass(10 * time.Minute)
		_, err := w.tool.VerifyStored(t.Context(), form, login.Storage.Value)
		if got := reason(t, err); got != lti.StateExpired {
			t.Errorf("reason %q", got)
		}
	})
}

// A login that named no storage cannot end by it, whoever knows what.
func TestNoStorageWithoutTarget(t *testing.T) {
	w := newWorld(t)
	a := w.begin(t)
	form := url.Values{"state": a.form["state"], "id_token": {ltitest.Sign(a.header, a.claims, w.lms.Key().Private)}}
	if e := w.refusedFor(t, form); e.Reason != lti.CookieMissing || e.Storage != nil {
		t.Errorf("%v, storage %v", e, e.Storage)
	}
	value := strings.SplitN(a.cookies[0].Value, ".", 2)[1]
	_, err := w.tool.VerifyStored(t.Context(), form, value)
	if got := reason(t, err); got != lti.StorageMissing {
		t.Errorf("reason %q", got)
	}
}

// The other proof is offered only for what it can replace.
func TestStorageIsOfferedForMissingCookiesOnly(t *testing.T) {
	w := newWorld(t)
	login, form := w.stored(t, "_parent")
	spoilt := *login.Cookies[0]
	spoilt.Value = "x"
	_, err := w.tool.Verify(t.Context(), form, append(kept(), &spoilt))
	var e *lti.Error
	if !errors.As(err, &e) || e.Reason != lti.CookieMismatch || e.Storage != nil {
		t.Errorf("another cookie: %v, storage %v", err, e.Storage)
	}
	if _, err := w.tool.Verify(t.Context(), form, login.Cookies); err != nil {
		t.Errorf("with its cookie: %v", err)
	}
	if e := w.refusedFor(t, form); e.Storage == nil {
		t.Errorf("%v, and no storage", e)
	}
	w.platforms.remove("p1")
	if e := w.refusedFor(t, form); e.Reason != lti.CookieMissing || e.Storage != nil {
		t.Errorf("registration gone: %v, storage %v", e, e.Storage)
	}
	w.platforms.err = errors.New("database is away")
	if _, err := w.tool.Verify(t.Context(), form, nil); !errors.Is(err, w.platforms.err) {
		t.Errorf("got %v, want the database's error", err)
	}
}
