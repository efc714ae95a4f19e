package lti_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

// The names of rows begin with the number of the rule in the launch checklist of
// the project: L login, R envelope, J header and key, C registered claims, M message.

func TestLoginRefusals(t *testing.T) {
	w := newWorld(t)
	second := w.lms.Platform("p2")
	second.Issuer, second.ClientID = "https://shared.example", "one"
	third := second
	third.ID, third.ClientID = "p3", "two"
	broken := second
	broken.ID, broken.Issuer, broken.AuthURL = "p4", "https://broken.example", "nowhere"
	w.platforms.add(second)
	w.platforms.add(third)
	w.platforms.add(broken)
	tests := []struct {
		name   string
		change func(url.Values)
		want   lti.Reason
		status int
	}{
		{"L2 iss missing", func(f url.Values) { f.Del("iss") }, lti.IssuerMissing, 400},
		{"L2 iss unknown", func(f url.Values) { f.Set("iss", "https://other.example") }, lti.PlatformUnknown, 400},
		{"L2 iss with a slash more", func(f url.Values) { f.Set("iss", "https://lms.example/") }, lti.PlatformUnknown, 400},
		{"L3 login_hint missing", func(f url.Values) { f.Del("login_hint") }, lti.LoginHintMissing, 400},
		{"L4 target_link_uri missing", func(f url.Values) { f.Del("target_link_uri") }, lti.TargetMissing, 400},
		{"L5 target elsewhere", func(f url.Values) { f.Set("target_link_uri", "https://evil.example/lti/launch") }, lti.TargetForeign, 400},
		{"L5 target on another port", func(f url.Values) { f.Set("target_link_uri", toolAt+":8443/lti/launch") }, lti.TargetForeign, 400},
		{"L5 target with our name before an @", func(f url.Values) { f.Set("target_link_uri", "https://class.example@evil.example/") }, lti.TargetForeign, 400},
		{"L5 target is a script", func(f url.Values) { f.Set("target_link_uri", "javascript:alert(1)") }, lti.TargetForeign, 400},
		{"L5 target is no URL", func(f url.Values) { f.Set("target_link_uri", "https://class.example\n/") }, lti.TargetForeign, 400},
		{"L5 target with a control character", func(f url.Values) { f.Set("target_link_uri", toolAt+"/\u0085") }, lti.TargetForeign, 400},
		{"L7 several registrations, no client_id", func(f url.Values) { f.Set("iss", "https://shared.example"); f.Del("client_id") }, lti.PlatformAmbiguous, 400},
		{"L8 client_id of another issuer", func(f url.Values) { f.Set("client_id", "one") }, lti.PlatformUnknown, 400},
		{"L9 deployment does not choose", func(f url.Values) {
			f.Set("iss", "https://shared.example")
			f.Del("client_id")
			f.Set("lti_deployment_id", "1")
		}, lti.PlatformAmbiguous, 400},
		{"registered address is none", func(f url.Values) { f.Set("iss", "https://broken.example"); f.Set("client_id", "one") }, lti.PlatformMisconfigured, 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form := w.lms.Login("teacher", "room-1")
			test.change(form)
			_, err := w.tool.Login(t.Context(), form, nil)
			if got := reason(t, err); got != test.want || got.Status() != test.status {
				t.Errorf("reason %q, status %d; want %q, %d", got, got.Status(), test.want, test.status)
			}
		})
	}
	t.Run("L11 registration disabled", func(t *testing.T) {
		w.platforms.remove("p1")
		_, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), nil)
		if got := reason(t, err); got != lti.PlatformUnknown {
			t.Errorf("reason %q", got)
		}
	})
	t.Run("database is away", func(t *testing.T) {
		w.platforms.err = errors.New("database is away")
		_, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), nil)
		if !errors.Is(err, w.platforms.err) || errors.As(err, new(*lti.Error)) {
			t.Errorf("got %v, want the database's error and no refusal", err)
		}
	})
}

// What no registration can be is refused before anybody is asked.
func TestLoginLooksUpOnlyWhatCanBeRegistered(t *testing.T) {
	w := newWorld(t)
	longest := "https://lms.example/" + strings.Repeat("x", 1004)
	for name, test := range map[string]struct {
		parameter, value string
		asked            bool
	}{
		"iss as long as may be":     {"iss", longest, true},
		"iss a byte longer":         {"iss", longest + "x", false},
		"iss with a NUL":            {"iss", "https://lms.example\x00", false},
		"iss on two lines":          {"iss", "https://lms.example\n", false},
		"iss of bad UTF-8":          {"iss", "https://lms.example\xff", false},
		"client_id too long":        {"client_id", strings.Repeat("x", 1025), false},
		"client_id with a NUL":      {"client_id", "client\x00", false},
		"client_id of bad UTF-8":    {"client_id", "\xc3", false},
		"client_id in other script": {"client_id", "κλειδί", true},
	} {
		t.Run(name, func(t *testing.T) {
			asked := &asked{Platforms: w.platforms}
			w.tool.Platforms = asked
			form := w.lms.Login("teacher", "room-1")
			form.Set(test.parameter, test.value)
			_, err := w.tool.Login(t.Context(), form, nil)
			if got := reason(t, err); got != lti.PlatformUnknown || len(err.Error()) > 1500 {
				t.Errorf("refused as %q in %d bytes", got, len(err.Error()))
			}
			if asked.times > 0 != test.asked {
				t.Errorf("the store was asked: %t", asked.times > 0)
			}
		})
	}
}

// asked counts the questions.
type asked struct {
	lti.Platforms
	times int
}

func (a *asked) FindPlatforms(ctx context.Context, issuer, clientID string) ([]lti.Platform, error) {
	a.times++
	return a.Platforms.FindPlatforms(ctx, issuer, clientID)
}

func TestShortSecret(t *testing.T) {
	w := newWorld(t)
	a := w.begin(t)
	w.tool.Secret = w.tool.Secret[:31]
	if _, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), nil); reason(t, err) != lti.PlatformMisconfigured {
		t.Errorf("login: %v", err)
	}
	if _, err := w.verify(t.Context(), a); reason(t, err) != lti.PlatformMisconfigured {
		t.Errorf("launch: %v", err)
	}
}

// An id that a state cannot hold is refused, not cut.
func TestLongPlatformID(t *testing.T) {
	w := newWorld(t)
	for length, want := range map[int]lti.Reason{255: "", 256: lti.PlatformMisconfigured} {
		w.platforms.list[0].ID = strings.Repeat("x", length)
		_, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), nil)
		if got := reason(t, err); got != want {
			t.Errorf("%d: reason %q, want %q", length, got, want)
		}
	}
}

// L14: the request to the platform, parameter by parameter.
func TestLoginRequest(t *testing.T) {
	w := newWorld(t)
	form := w.lms.Login("teacher", "room-1")
	hint := `{"cmid":18,"launchid":"ltilaunch17_2097554940"} a+b%20ü&=`
	form.Set("lti_message_hint", hint)
	form.Set("login_hint", "5 & 6")
	login, err := w.tool.Login(t.Context(), form, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(login.URL, "+") {
		t.Error("a blank as plus sign is not understood by every platform")
	}
	u := parse(t, login.URL)
	got := u.Query()
	state, nonce := got.Get("state"), got.Get("nonce")
	got.Del("state")
	got.Del("nonce")
	want := url.Values{
		"scope": {"openid"}, "response_type": {"id_token"}, "response_mode": {"form_post"}, "prompt": {"none"},
		"client_id": {"classbridge-client"}, "redirect_uri": {toolAt + "/lti/launch"},
		"login_hint": {"5 & 6"}, "lti_message_hint": {hint},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	urlSafe := regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	if !urlSafe.MatchString(state) || !urlSafe.MatchString(nonce) {
		t.Errorf("state %q, nonce %q: a platform may change what is not URL-safe", state, nonce)
	}
	if len(state) > 160 || len(nonce) < 22 {
		t.Errorf("state of %d, nonce of %d characters", len(state), len(nonce))
	}
	if login.Platform.ID != "p1" {
		t.Errorf("platform %q", login.Platform.ID)
	}
}

func TestLoginVariants(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		name   string
		change func(url.Values, *lti.Platform)
		check  func(*testing.T, *lti.Login, url.Values)
	}{
		{"L6 no client_id, one registration", func(f url.Values, _ *lti.Platform) { f.Del("client_id") }, func(t *testing.T, l *lti.Login, q url.Values) {
			if q.Get("client_id") != "classbridge-client" {
				t.Errorf("client_id %q", q.Get("client_id"))
			}
		}},
		{"L10 no lti_message_hint", func(f url.Values, _ *lti.Platform) { f.Del("lti_message_hint") }, func(t *testing.T, l *lti.Login, q url.Values) {
			if q.Has("lti_message_hint") {
				t.Error("a message hint was invented")
			}
		}},
		{"L12 storage target", func(f url.Values, _ *lti.Platform) { f.Set("lti_storage_target", "_parent") }, func(t *testing.T, l *lti.Login, q url.Values) {
			if l.Storage == nil || l.Storage.Target != "_parent" {
				t.Errorf("storage %v", l.Storage)
			}
		}},
		{"L12 storage target that is none", func(f url.Values, _ *lti.Platform) { f.Set("lti_storage_target", strings.Repeat("x", 65)) }, func(t *testing.T, l *lti.Login, q url.Values) {
			if l.Storage != nil {
				t.Errorf("storage %v", l.Storage)
			}
		}},
		{"L15 query of the platform", func(_ url.Values, p *lti.Platform) { p.AuthURL += "?tenant=a%2Fb&x#part" }, func(t *testing.T, l *lti.Login, q url.Values) {
			if !strings.Contains(l.URL, "/auth?tenant=a%2Fb&x&client_id=") || strings.Contains(l.URL, "#") {
				t.Errorf("URL %s", l.URL)
			}
		}},
		{"target below our address", func(f url.Values, _ *lti.Platform) { f.Set("target_link_uri", "https://CLASS.example:443/rooms/1?x=y") }, func(t *testing.T, l *lti.Login, q url.Values) {
			if q.Get("redirect_uri") != toolAt+"/lti/launch" {
				t.Errorf("redirect_uri %q follows the request", q.Get("redirect_uri"))
			}
		}},
	}
	original := w.lms.Platform("p1")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form := w.lms.Login("teacher", "room-1")
			w.platforms.change("p1", func(p *lti.Platform) { test.change(form, p) })
			defer w.platforms.change("p1", func(p *lti.Platform) { *p = original })
			login, err := w.tool.Login(t.Context(), form, nil)
			if err != nil {
				t.Fatal(err)
			}
			test.check(t, login, parse(t, login.URL).Query())
		})
	}
}

// A port that goes without saying may be said.
func TestTargetAtTheUsualPort(t *testing.T) {
	w := newWorld(t)
	w.tool.URL = "http://localhost"
	for target, want := range map[string]lti.Reason{
		"http://localhost:80/x": "", "http://localhost/x": "", "http://localhost:443/x": lti.TargetForeign, "https://localhost/x": lti.TargetForeign,
	} {
		form := w.lms.Login("teacher", "room-1")
		form.Set("target_link_uri", target)
		_, err := w.tool.Login(t.Context(), form, nil)
		if got := reason(t, err); got != want {
			t.Errorf("%s: reason %q, want %q", target, got, want)
		}
	}
}

func TestLoginCookie(t *testing.T) {
	w := newWorld(t)
	login, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), kept())
	if err != nil {
		t.Fatal(err)
	}
	if len(login.Cookies) != 1 {
		t.Fatalf("%d cookies", len(login.Cookies))
	}
	c := login.Cookies[0]
	want := &http.Cookie{
		Name: c.Name, Value: c.Value, Path: "/", MaxAge: 600,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.HasPrefix(c.Name, "__Host-lti_") || c.Valid() != nil {
		t.Errorf("cookie %s: %v", c.Name, c.Valid())
	}
	if state := parse(t, login.URL).Query().Get("state"); strings.Contains(state, c.Value) {
		t.Error("the cookie's value can be read from the state")
	}
}

// kept is what a browser sends that has been here before.
func kept() []*http.Cookie { return []*http.Cookie{{Name: lti.ProbeCookie, Value: "1"}} }

// A script must see this cookie where the browser keeps it, and it is set once.
func TestProbeCookie(t *testing.T) {
	w := newWorld(t)
	login, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), []*http.Cookie{{Name: "other", Value: "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(login.Cookies) != 2 {
		t.Fatalf("%d cookies, want the state's and the probe", len(login.Cookies))
	}
	want := &http.Cookie{
		Name: "__Host-lti_kept", Value: "1", Path: "/", MaxAge: 365 * 24 * 3600,
		Secure: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	}
	if diff := cmp.Diff(want, login.Cookies[1]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if lti.ProbeCookie != want.Name || want.Valid() != nil {
		t.Errorf("cookie %s: %v", want.Name, want.Valid())
	}
}

// L13, L16: each login has a cookie of its own, and the oldest go when there are ten.
func TestLoginKeepsTenCookies(t *testing.T) {
	w := newWorld(t)
	held := map[string]*http.Cookie{"other": {Name: "other", Value: "1"}, lti.ProbeCookie: kept()[0]}
	var names []string // in order of age
	for range 25 {
		var sent []*http.Cookie
		for _, c := range held {
			sent = append(sent, c)
		}
		login, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), sent)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range login.Cookies {
			if c.MaxAge < 0 {
				delete(held, c.Name)
				continue
			}
			held[c.Name] = c
			names = append(names, c.Name)
		}
		w.pass(time.Second)
	}
	if len(held) != 12 || held["other"] == nil || held[lti.ProbeCookie] == nil {
		t.Errorf("%d cookies are left, want ten, the probe and the one that is not ours", len(held))
	}
	for _, name := range names[len(names)-10:] {
		if held[name] == nil {
			t.Errorf("%s is among the newest ten and was deleted", name)
		}
	}
}

func TestLoginDeletesForeignCookiesFirst(t *testing.T) {
	w := newWorld(t)
	sent := kept()
	for range 9 {
		login, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), kept())
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, login.Cookies...)
	}
	sent = append(sent, &http.Cookie{Name: "__Host-lti_x", Value: "not ours"})
	login, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), sent)
	if err != nil {
		t.Fatal(err)
	}
	if len(login.Cookies) != 2 || login.Cookies[0].Name != "__Host-lti_x" || login.Cookies[0].MaxAge >= 0 {
		t.Errorf("cookies to set: %v", login.Cookies)
	}
}
