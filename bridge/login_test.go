package bridge_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"classbridge/bridge"
	"classbridge/classroom"
)

const callback = toolURL + "/mattermost/oauth"

// authorize goes where the browser of that session would go, and returns the
// code that it comes back with.
func (w *world) authorize(session, verifier, state string) string {
	w.t.Helper()
	to, err := w.bridge.AuthorizeURL(w.t.Context(), tenant, callback, state, oauth2.S256ChallengeFromVerifier(verifier))
	w.must(err)
	req, err := http.NewRequestWithContext(w.t.Context(), "GET", to, nil)
	w.must(err)
	if session != "" {
		req.AddCookie(&http.Cookie{Name: "MMAUTHTOKEN", Value: session})
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	w.must(err)
	resp.Body.Close()
	back, err := resp.Location()
	w.must(err)
	if session == "" {
		if back.Path != "/login" {
			w.t.Errorf("a stranger is sent to %s", back)
		}
		return ""
	}
	if !strings.HasPrefix(back.String(), callback+"?") || back.Query().Get("state") != state {
		w.t.Fatalf("the browser comes back to %s", back)
	}
	return back.Query().Get("code")
}

func TestIdentify(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		user, me := w.member()
		verifier := oauth2.GenerateVerifier()
		w.authorize("", verifier, "s")
		code := w.authorize(user.AuthToken, verifier, "state with spaces & signs")

		if _, err := w.bridge.Identify(t.Context(), tenant, callback, code, oauth2.GenerateVerifier()); !expired(err) {
			t.Errorf("without its verifier the answer is %v", err)
		}
		if _, err := w.bridge.Identify(t.Context(), tenant, callback, "made-up", verifier); !expired(err) || strings.Contains(err.Error(), "made-up") {
			t.Errorf("for a made-up code the answer is %v", err)
		}
		code = w.authorize(user.AuthToken, verifier, "s")
		got, err := w.bridge.Identify(t.Context(), tenant, callback, code, verifier)
		w.must(err)
		if got.ID != me.Id || got.Username != me.Username || got.Name == "" {
			t.Errorf("it is %+v, want %s", got, me.Username)
		}
		w.nothingLeft(me.Id)
		if _, err := w.bridge.Identify(t.Context(), tenant, callback, code, verifier); !expired(err) {
			t.Errorf("the second time the answer is %v", err)
		}
		code = w.authorize(user.AuthToken, verifier, "s")
		if _, err := w.bridge.Identify(t.Context(), tenant, callback+"x", code, verifier); !expired(err) {
			t.Errorf("for another address the answer is %v", err)
		}
	})
}

// expired is a code that is no good, as the person is told.
func expired(err error) bool {
	var refused *classroom.Error
	return errors.As(err, &refused) && refused.Code == classroom.Expired && refused.Message == "error.oauth_state"
}

// nothingLeft fails the test if a token that OAuth made still lives.
func (w *world) nothingLeft(userID string) {
	w.t.Helper()
	left := 0
	if w.fake != nil {
		left = w.fake.Sessions(userID)
	} else {
		sessions, _, err := w.admin.GetSessions(w.t.Context(), userID, "")
		w.must(err)
		for _, s := range sessions {
			if s.IsOAuth {
				left++
			}
		}
	}
	if left > 0 {
		w.t.Errorf("%d sessions that OAuth made are left", left)
	}
}

func TestIdentifyRevokesAlways(t *testing.T) {
	w := standIn(t)
	user, me := w.member()
	verifier := oauth2.GenerateVerifier()

	w.fake.FailNext("GET /api/v4/users/me", http.StatusInternalServerError)
	if _, err := w.bridge.Identify(t.Context(), tenant, callback, w.authorize(user.AuthToken, verifier, "s"), verifier); err == nil {
		t.Error("somebody was identified without an answer")
	}
	w.nothingLeft(me.Id)

	code := w.authorize(user.AuthToken, verifier, "s")
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the browser has gone away
	_, _ = w.bridge.Identify(ctx, tenant, callback, code, verifier)
	w.nothingLeft(me.Id)
}

// While the server has trouble, revoking is tried again; when it refuses, not.
func TestIdentifyRevokesInTheEnd(t *testing.T) {
	const logout = "POST /api/v4/users/logout"
	for name, c := range map[string]struct {
		answers []int
		calls   int
		left    bool
	}{
		"trouble": {[]int{http.StatusServiceUnavailable, http.StatusBadGateway}, 3, false},
		"busy":    {[]int{http.StatusTooManyRequests}, 2, false},
		"refused": {[]int{http.StatusForbidden}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := standIn(t)
			user, me := w.member()
			verifier := oauth2.GenerateVerifier()
			for _, status := range c.answers {
				w.fake.FailNext(logout, status)
			}
			before := w.asked(logout)
			got, err := w.bridge.Identify(t.Context(), tenant, callback, w.authorize(user.AuthToken, verifier, "s"), verifier)
			w.must(err)
			if n := w.asked(logout) - before; got.ID != me.Id || n != c.calls {
				t.Errorf("it is %s after %d calls, want %s after %d", got.ID, n, me.Id, c.calls)
			}
			if left := w.fake.Sessions(me.Id) > 0; left != c.left {
				t.Errorf("a session that OAuth made is left: %v", left)
			}
		})
	}
}

// Anybody can send us codes; that must not use up the bot's calls.
func TestIdentifyHasAPaceOfItsOwn(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	w.fake.FailNext("POST /oauth/access_token", http.StatusTooManyRequests)
	for range 2 {
		_, err := w.bridge.Identify(t.Context(), tenant, callback, "junk", oauth2.GenerateVerifier())
		if !errors.As(err, new(*classroom.BusyError)) {
			t.Errorf("the answer is %v", err)
		}
	}
	_, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
	w.must(err)
}

// What the person cannot mend by starting again is not said to be expired.
func TestIdentifyWhileTheChatFails(t *testing.T) {
	w := standIn(t)
	w.fake.FailNext("POST /oauth/access_token", http.StatusBadGateway)
	if _, err := w.bridge.Identify(t.Context(), tenant, callback, "code", oauth2.GenerateVerifier()); err == nil || expired(err) {
		t.Errorf("the answer is %v", err)
	}
}

func TestIdentifyRefuses(t *testing.T) {
	w := standIn(t)
	user, me := w.member()
	verifier := oauth2.GenerateVerifier()
	code := w.authorize(user.AuthToken, verifier, "s")
	w.fake.Deactivate(me.Id, true)
	if _, err := w.bridge.Identify(t.Context(), tenant, callback, code, verifier); err == nil {
		t.Error("a deactivated account was identified")
	}
	code = w.authorize(w.conn.Token, verifier, "s") // a bot as if in a browser
	if _, err := w.bridge.Identify(t.Context(), tenant, callback, code, verifier); !errors.Is(err, classroom.ErrNoChatUser) {
		t.Errorf("for a bot the answer is %v", err)
	}
	w.nothingLeft(w.conn.BotID)
	w.fake.Deactivate(me.Id, false)

	w.conn.OAuthSecret = "wrong"
	code = w.authorize(user.AuthToken, verifier, "s")
	_, err := w.bridge.Identify(t.Context(), tenant, callback, code, verifier)
	if err == nil || expired(err) || strings.Contains(err.Error(), code) {
		t.Errorf("with a wrong secret the answer is %v", err)
	}
	w.conn.OAuthID = ""
	if _, err := w.bridge.AuthorizeURL(t.Context(), tenant, callback, "s", "c"); !errors.Is(err, bridge.ErrNoLogin) {
		t.Errorf("without an app the answer is %v", err)
	}
}

func TestAuthorizeURL(t *testing.T) {
	w := standIn(t)
	to, err := w.bridge.AuthorizeURL(t.Context(), tenant, callback, "the state", "the challenge")
	w.must(err)
	u, err := url.Parse(to)
	w.must(err)
	for name, want := range map[string]string{
		"response_type": "code", "client_id": w.conn.OAuthID, "redirect_uri": callback, "state": "the state",
		"code_challenge": "the challenge", "code_challenge_method": "S256",
	} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if strings.Contains(to, w.conn.OAuthSecret) {
		t.Error("the secret is in the address")
	}
}
