package lti_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

func TestEnvelopeRefusals(t *testing.T) {
	w := newWorld(t)
	other := w.begin(t)
	tests := []struct {
		name   string
		change func(*attempt)
		want   lti.Reason
		status int
	}{
		{"R2 id_token absent", func(a *attempt) { a.form.Set("id_token", "") }, lti.IDTokenMissing, 400},
		{"R3 state absent", func(a *attempt) { a.form.Del("state") }, lti.StateMissing, 401},
		{"R4 state unknown", func(a *attempt) { a.form.Set("state", "abc") }, lti.StateInvalid, 401},
		{"R4 state is not base64", func(a *attempt) { a.form.Set("state", "!") }, lti.StateInvalid, 401},
		{"R4 state of one character less", func(a *attempt) { a.form.Set("state", a.form.Get("state")[1:]) }, lti.StateInvalid, 401},
		{"R4 state of another secret", func(a *attempt) {
			stranger := *w.tool
			stranger.Secret = []byte(strings.Repeat("x", 32))
			login, err := stranger.Login(t.Context(), w.lms.Login("teacher", "room-1"), nil)
			if err != nil {
				t.Fatal(err)
			}
			a.form.Set("state", parse(t, login.URL).Query().Get("state"))
		}, lti.StateInvalid, 401},
		{"R6 no cookie", func(a *attempt) { a.cookies = nil }, lti.CookieMissing, 401},
		{"R6 cookie of another login", func(a *attempt) { a.cookies = other.cookies }, lti.CookieMissing, 401},
		{"R6 value of another login's cookie", func(a *attempt) {
			a.cookies = []*http.Cookie{{Name: a.cookies[0].Name, Value: other.cookies[0].Value}}
		}, lti.CookieMismatch, 401},
		{"R6 cookie made from the state", func(a *attempt) {
			a.cookies = []*http.Cookie{{Name: a.cookies[0].Name, Value: a.form.Get("state")}}
		}, lti.CookieMismatch, 401},
		{"R10 two id_tokens", func(a *attempt) { a.form["id_token"] = []string{"a", "b"} }, lti.ParameterDuplicate, 400},
		{"R10 two states", func(a *attempt) { a.form.Add("state", a.form.Get("state")) }, lti.ParameterDuplicate, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.begin(t)
			test.change(a)
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != test.want || got.Status() != test.status {
				t.Errorf("reason %q, status %d; want %q, %d", got, got.Status(), test.want, test.status)
			}
		})
	}
}

// Every single changed bit of a state is found.
func TestStateIsSigned(t *testing.T) {
	w := newWorld(t)
	a := w.begin(t)
	good, err := base64.RawURLEncoding.DecodeString(a.form.Get("state"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(good) * 8 {
		bad := append([]byte(nil), good...)
		bad[i/8] ^= 1 << (i % 8)
		a.form.Set("state", base64.RawURLEncoding.EncodeToString(bad))
		_, err := w.tool.Verify(t.Context(), map[string][]string{"state": a.form["state"], "id_token": {"x"}}, a.cookies)
		if got := reason(t, err); got != lti.StateInvalid {
			t.Fatalf("bit %d: reason %q", i, got)
		}
	}
}

func TestStateExpires(t *testing.T) {
	tests := []struct {
		name string
		pass time.Duration
		want lti.Reason
	}{
		{"just in time", 10*time.Minute - time.Second, ""},
		{"R5 state of ten minutes", 10 * time.Minute, lti.StateExpired},
		{"replica whose clock is behind", -time.Minute, ""},
		{"replica whose clock is far behind", -2 * time.Minute, lti.StateInvalid},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.begin(t)
			w.pass(test.pass)
			defer w.pass(-test.pass)
			a.claims["iat"], a.claims["exp"] = w.Now().Unix(), w.Now().Unix()+60
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != test.want {
				t.Errorf("reason %q, want %q: %v", got, test.want, err)
			}
		})
	}
}

// R1: what the platform answers instead of a launch.
func TestPlatformErrors(t *testing.T) {
	w := newWorld(t)
	tests := map[string]lti.Reason{
		"invalid_request":           lti.LMSInvalidRequest,
		"access_denied":             lti.LMSAccessDenied,
		"unauthorized_client":       lti.LMSUnauthorizedClient,
		"unsupported_response_type": lti.LMSResponseType,
		"invalid_scope":             lti.LMSInvalidScope,
		"login_required":            lti.LMSLoginRequired,
		"launch_no_longer_valid":    lti.LMSLaunchNoLonger,
		"error":                     lti.LMSError,
		"<script>alert(1)</script>": lti.LMSError,
		"":                          lti.LMSError,
	}
	for code, want := range tests {
		t.Run("R1 "+code, func(t *testing.T) {
			a := w.begin(t)
			a.form.Set("error", code)
			a.form.Set("error_description", "No launch id\r\nin LTI hint"+strings.Repeat("x", 1000))
			_, err := w.tool.Verify(t.Context(), a.form, a.cookies)
			var e *lti.Error
			if !errors.As(err, &e) || e.Reason != want || e.Reason.Status() != 400 {
				t.Fatalf("got %v, want %q", err, want)
			}
			if e.PlatformID != "p1" || len(e.Cookies) != 1 || e.Cookies[0].Name != a.cookies[0].Name || e.Cookies[0].MaxAge >= 0 {
				t.Errorf("platform %q, cookies %v: the login is used up", e.PlatformID, e.Cookies)
			}
			if s := e.Error(); strings.ContainsAny(s, "\r\n") || len(s) > 400 {
				t.Errorf("no line for a log: %q", s)
			}
		})
	}
	t.Run("forged", func(t *testing.T) {
		a := w.begin(t)
		a.form.Set("error", "login_required")
		_, err := w.tool.Verify(t.Context(), a.form, nil)
		var e *lti.Error
		if !errors.As(err, &e) || e.Reason != lti.LMSLoginRequired || e.Cookies != nil {
			t.Errorf("got %v, %v; want the error without using the login up", err, e.Cookies)
		}
	})
}

// L13: logins in parallel answer in any order; R7: each only as long as its
// cookie lives, which the answer deletes.
func TestParallelLogins(t *testing.T) {
	w := newWorld(t)
	first, second := w.begin(t), w.begin(t)
	jar := append(first.cookies, second.cookies...)
	for _, a := range []*attempt{second, first} {
		a.cookies = jar
		launch, err := w.verify(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		deleted := launch.Cookies[0]
		if len(launch.Cookies) != 1 || deleted.MaxAge >= 0 || !deleted.Partitioned {
			t.Fatalf("cookies to set: %v", launch.Cookies)
		}
		var left []*http.Cookie
		for _, c := range jar {
			if c.Name != deleted.Name {
				left = append(left, c)
			}
		}
		jar = left
		a.cookies = jar
		_, err = w.verify(t.Context(), a)
		if got := reason(t, err); got != lti.CookieMissing {
			t.Errorf("R7 the same answer again: reason %q", got)
		}
	}
}

// R8: a platform cannot answer the login of another.
func TestMixUp(t *testing.T) {
	w := newWorld(t)
	evil, err := ltitest.New(ltitest.Config{URL: w.server.URL, Issuer: "https://evil.example", ClientID: "evil-client", ToolURL: toolAt, Now: w.Now})
	if err != nil {
		t.Fatal(err)
	}
	w.platforms.add(evil.Platform("evil"))
	a := w.begin(t)
	forged, err := evil.Claims("teacher", "room-1", a.claims["nonce"].(string))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(map[string]any)
		want   lti.Reason
	}{
		{"R8 own issuer", func(map[string]any) {}, lti.IssuerMismatch},
		{"R8 issuer of the login, own client", func(c map[string]any) { c["iss"] = "https://lms.example" }, lti.AudienceMismatch},
		{"R8 issuer and client of the login, own key", func(c map[string]any) { c["aud"] = "classbridge-client" }, lti.KIDUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.change(forged)
			a.form.Set("id_token", evil.IDToken(forged))
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != test.want {
				t.Errorf("reason %q, want %q", got, test.want)
			}
		})
	}
}

func TestRegistrationGoneSinceLogin(t *testing.T) {
	w := newWorld(t)
	a := w.begin(t)
	w.platforms.remove("p1")
	_, err := w.verify(t.Context(), a)
	if got := reason(t, err); got != lti.PlatformDisabled || got.Status() != 401 {
		t.Errorf("reason %q", got)
	}
	a = func() *attempt { w.platforms.add(w.lms.Platform("p1")); return w.begin(t) }()
	w.platforms.err = errors.New("database is away")
	_, err = w.verify(t.Context(), a)
	if !errors.Is(err, w.platforms.err) || errors.As(err, new(*lti.Error)) {
		t.Errorf("got %v, want the database's error and no refusal", err)
	}
}
