package lti_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

func TestAccessOfALaunch(t *testing.T) {
	const (
		groups  = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
		notices = claim + "platformnotificationservice"
		ags     = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
	)
	w := newWorld(t)
	l := w.mustVerify(t, all(
		set("https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice", map[string]any{"context_memberships_url": w.server.URL + "/roster"}),
		set(ags, map[string]any{"scope": []string{lti.ScopeScore}, "lineitems": w.server.URL + "/items"}),
		set(groups, map[string]any{"scope": []string{lti.ScopeGroups}, "context_groups_url": w.server.URL + "/groups", "service_versions": []string{"1.0"}}),
		set(notices, map[string]any{
			"scope": []string{lti.ScopeNoticeHandlers}, "platform_notification_service_url": w.server.URL + "/pns",
			"notice_types_supported": []string{"LtiHelloWorldNotice", "LtiContextCopyNotice"},
		}),
	))
	if diff := cmp.Diff(&lti.Groups{Scopes: []string{lti.ScopeGroups}, GroupsURL: w.server.URL + "/groups"}, l.Groups); diff != "" {
		t.Errorf("groups, -want +got:\n%s", diff)
	}
	want := &lti.Notices{Scopes: []string{lti.ScopeNoticeHandlers}, URL: w.server.URL + "/pns", Types: []string{"LtiHelloWorldNotice", "LtiContextCopyNotice"}}
	if diff := cmp.Diff(want, l.Notices); diff != "" {
		t.Errorf("notices, -want +got:\n%s", diff)
	}
	access := lti.Access{
		Platform: l.Platform, DeploymentID: l.DeploymentID,
		Scopes: []string{lti.ScopeRoster, lti.ScopeScore, lti.ScopeGroups, lti.ScopeNoticeHandlers},
	}
	if diff := cmp.Diff(access, l.Access()); diff != "" {
		t.Errorf("access, -want +got:\n%s", diff)
	}
	bad := w.mustVerify(t, all(
		set(groups, map[string]any{"context_groups_url": "javascript:x"}),
		set(notices, map[string]any{"platform_notification_service_url": []string{"x"}}),
	))
	if bad.Groups != nil || bad.Notices != nil {
		t.Errorf("groups %v, notices %v", bad.Groups, bad.Notices)
	}
}

// The assertion is what Security Framework §4.1.1 and the strictest platforms ask for.
func TestAssertion(t *testing.T) {
	for name, audience := range map[string]string{"the token endpoint": "", "another one, as of Brightspace": "https://api.brightspace.com/auth/token"} {
		t.Run(name, func(t *testing.T) {
			s := newSchool(t)
			s.access.Platform.Audience = audience
			s.HandleFunc("/roster", says(200, emptyRoster))
			if _, err := s.roster(t.Context()); err != nil {
				t.Fatal(err)
			}
			form := s.asked()[0]
			if form.grantType != "client_credentials" || form.assertionType != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
				t.Errorf("form %v", form)
			}
			if diff := cmp.Diff([]string{lti.ScopeRoster}, form.scopes); diff != "" {
				t.Errorf("scopes, -want +got:\n%s", diff)
			}
			header, claims := parts(t, form.assertion)
			if header["alg"] != "RS256" || header["kid"] != s.key.KID || header["typ"] != "JWT" {
				t.Errorf("header %v", header)
			}
			if audience == "" {
				audience = s.url + "/token"
			}
			now := float64(s.Now().Unix())
			iat, exp := claims["iat"].(float64), claims["exp"].(float64)
			if iat > now || iat < now-60 || exp <= now || exp > iat+300 || claims["jti"] == "" {
				t.Errorf("iat %v, exp %v, now %v, jti %v", iat, exp, now, claims["jti"])
			}
			delete(claims, "iat")
			delete(claims, "exp")
			delete(claims, "jti")
			want := map[string]any{"iss": "tool", "sub": "tool", "aud": audience, claim + "deployment_id": "7"}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Errorf("claims, -want +got:\n%s", diff)
			}
		})
	}
}

// parts of a JWT; its signature is checked by whoever gets it.
func parts(t testing.TB, token string) (header, claims map[string]any) {
	t.Helper()
	split := strings.Split(token, ".")
	if len(split) != 3 {
		t.Fatalf("%d parts", len(split))
	}
	for i, into := range []*map[string]any{&header, &claims} {
		data, err := base64.RawURLEncoding.DecodeString(split[i])
		if err != nil {
			t.Fatal(err)
		}
		decode(t, data, into)
	}
	return header, claims
}

func TestTokenAnswers(t *testing.T) {
	const secret = "token-of-this-test"
	grant := func(rest string) http.HandlerFunc {
		return says(200, `{"access_token":"`+secret+`","token_type":"bearer"`+rest+`}`)
	}
	asHTML := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		grant(`,"expires_in":3600`)(w, r)
	}
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		verdict string // empty: good
		code    string
		life    time.Duration // as long as this the token is used again
	}{
		{"Moodle's content type", asHTML, "", "", 50 * time.Minute},
		{"no scope: all", grant(`,"expires_in":3600`), "", "", 50 * time.Minute},
		{"scope as a list", grant(`,"expires_in":3600,"scope":["` + lti.ScopeRoster + `"]`), "", "", 50 * time.Minute},
		{"expires_in quoted", grant(`,"expires_in":"600"`), "", "", 8 * time.Minute},
		{"expires_in missing", grant(""), "", "", 50 * time.Minute},
		{"expires_in negative", grant(`,"expires_in":-1`), "", "", 50 * time.Minute},
		{"expires_in is no number", grant(`,"expires_in":"NaN"`), "", "", 50 * time.Minute},
		{"expires_in without end", grant(`,"expires_in":1e300`), "", "", 50 * time.Minute},
		{"expires_in null", grant(`,"expires_in":null`), "", "", 50 * time.Minute},
		{"expires_in of seconds", grant(`,"expires_in":30`), "", "", 14 * time.Second},
		{"after a byte order mark", says(200, "\uFEFF"+`{"access_token":"`+secret+`"}`), "", "", 0},
		{"another scope", grant(`,"scope":"` + lti.ScopeScore + `"`), "refused", lti.CodeInsufficientScope, 0},
		{"another type", says(200, `{"access_token":"`+secret+`","token_type":"mac"}`), "nonsense", "", 0},
		{"no token", says(200, `{"token_type":"Bearer"}`), "nonsense", "", 0},
		{"a token that is no text", says(200, `{"access_token":42}`), "nonsense", "", 0},
		{"a token that breaks headers", says(200, `{"access_token":"a\r\nX-Evil: 1"}`), "nonsense", "", 0},
		{"a token of two words", says(200, `{"access_token":"a b"}`), "nonsense", "", 0},
		{"a token without end", says(200, `{"access_token":"`+strings.Repeat("x", 20_000)+`"}`), "nonsense", "", 0},
		{"an endless answer", says(200, `{"access_token":"`+strings.Repeat("x", 1<<20)), "nonsense", "", 0},
		{"a page", says(200, "<html>Log in</html>"), "nonsense", "", 0},
		{"nothing", says(200, ""), "nonsense", "", 0},
		{"a list", says(200, "[]"), "nonsense", "", 0},
		{"an error with status 200", says(200, `{"error":"invalid_client"}`), "refused", "invalid_client", 0},
		{"invalid_client", says(401, `{"error":"invalid_client"}`), "refused", "invalid_client", 0},
		{"invalid_scope", says(400, `{"error":"invalid_scope"}`), "refused", "invalid_scope", 0},
		{"404", says(404, "no such page"), "refused", "", 0},
		{"429", says(429, ""), "temporary", "", 0},
		{"502", says(502, "<html>Bad gateway"), "temporary", "", 0},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "temporary", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			s.grants(test.answer)
			s.HandleFunc("/roster", says(200, emptyRoster))
			_, err := s.roster(t.Context())
			if test.verdict != "" {
				e := serviceError(t, err)
				if got := verdict(e); got != test.verdict || e.Code != test.code {
					t.Errorf("%s %q, want %s %q: %v", got, e.Code, test.verdict, test.code, err)
				}
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the token is in the error: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s.pass(test.life)
			if _, err := s.roster(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantTokens(t, s, 1)
		})
	}
}

// A silent token endpoint ends with the timeout, and for each caller with its own
// context.
func TestTokenEndpointIsSilent(t *testing.T) {
	s := newSchool(t)
	s.services.Timeout = 50 * time.Millisecond
	s.grants(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := s.roster(t.Context())
	if e := serviceError(t, err); e.Service != lti.ServiceToken || !errors.Is(err, context.DeadlineExceeded) || !e.Temporary() {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.roster(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestOneTokenForAThousandCalls(t *testing.T) {
	s := newSchool(t)
	begun, release := make(chan struct{}, 1000), make(chan struct{})
	s.grants(func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-release
		_, _ = io.WriteString(w, `{"access_token":"t","expires_in":3600}`)
	})
	var calls atomic.Int32
	s.HandleFunc("/roster", func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		_, _ = io.WriteString(w, emptyRoster)
	})
	// One gives up while the token is under way: the others get it all the same.
	impatient, giveUp := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := s.roster(impatient)
		gone <- err
	}()
	<-begun
	giveUp()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up: %v", err)
	}
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if _, err := s.roster(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	all.Wait()
	wantTokens(t, s, 1)
	if calls.Load() != 1000 {
		t.Errorf("%d calls", calls.Load())
	}
}

func TestTokenIsRenewedEarly(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", says(200, emptyRoster))
	use := func(after time.Duration, tokens int) {
		t.Helper()
		s.pass(after)
		if _, err := s.roster(t.Context()); err != nil {
			t.Error(err)
		}
		wantTokens(t, s, tokens)
	}
	use(0, 1)
	use(53*time.Minute, 1)
	use(time.Minute, 2) // 90 % of an hour
	// A token endpoint that is away does not end what is good for some minutes more.
	s.grants(says(503, ""))
	use(55*time.Minute, 3)
	use(4*time.Minute, 4)
	s.pass(2 * time.Minute)
	if _, err := s.roster(t.Context()); !serviceError(t, err).Temporary() {
		t.Errorf("with a token that has ended: %v", err)
	}
}

// Tokens are not shared between registrations, deployments, services, or with
// what a registration was before it was corrected.
func TestTokensAreKeptApart(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", says(200, emptyRoster))
	changes := []func(*lti.Access){
		func(*lti.Access) {},
		func(a *lti.Access) { a.Platform.ID = "p2" },
		func(a *lti.Access) { a.DeploymentID = "8" },
		func(a *lti.Access) { a.Platform.ClientID = "another" },
		func(a *lti.Access) { a.Platform.Audience = "https://auth.example" },
		func(a *lti.Access) { a.Platform.TokenURL += "?x=1" },
	}
	for range 2 {
		for _, change := range changes {
			a := s.access
			change(&a)
			if _, err := s.services.Members(t.Context(), a, s.url+"/roster", func(lti.Member) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantTokens(t, s, len(changes))
}

// The platform forgot its tokens: each call asks once more, all of them with one
// new token, and none gives up.
func TestRefusedTokenIsReplaced(t *testing.T) {
	s := newSchool(t)
	var good atomic.Value
	good.Store("Bearer token-1")
	s.HandleFunc("/roster", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != good.Load() {
			says(401, "who?")(w, r)
			return
		}
		_, _ = io.WriteString(w, emptyRoster)
	})
	if _, err := s.roster(t.Context()); err != nil {
		t.Fatal(err)
	}
	good.Store("Bearer token-2")
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := s.roster(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	wantTokens(t, s, 2)

	good.Store("none")
	_, err := s.roster(t.Context())
	if e := serviceError(t, err); e.Status != 401 || !e.Refused() || e.Service != lti.ServiceRoster {
		t.Errorf("refused twice: %v", err)
	}
	wantTokens(t, s, 3)
}

// The key is asked for each assertion: a rotation loses no call.
func TestKeyRotationBetweenTokens(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", says(200, emptyRoster))
	if _, err := s.roster(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.key = next
	s.mu.Unlock()
	s.pass(time.Hour)
	if _, err := s.roster(t.Context()); err != nil {
		t.Fatal(err)
	}
	header, _ := parts(t, s.asked()[1].assertion)
	if header["kid"] != next.KID {
		t.Errorf("kid %v", header["kid"])
	}
}

func TestKeyIsNotThere(t *testing.T) {
	s := newSchool(t)
	locked := errors.New("the vault is locked")
	s.services.Key = func(context.Context) (lti.ToolKey, error) { return lti.ToolKey{}, locked }
	_, err := s.roster(t.Context())
	if e := serviceError(t, err); !errors.Is(err, locked) || !e.Temporary() {
		t.Errorf("error %v", err)
	}
}

// permitting is a token endpoint that refuses all for one scope it does not grant.
func permitting(scopes ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, asked := range strings.Fields(r.PostFormValue("scope")) {
			if !slices.Contains(scopes, asked) {
				says(400, `{"error":"invalid_scope"}`)(w, r)
				return
			}
		}
		_, _ = fmt.Fprintf(w, `{"access_token":"t","expires_in":3600}`)
	}
}

// Sakai refuses the whole set for one scope.
func TestScopesFallBackToWhatIsNeeded(t *testing.T) {
	s := newSchool(t)
	s.grants(permitting(lti.ScopeLineItem, lti.ScopeScore))
	s.HandleFunc("/item/scores", says(200, ""))
	s.HandleFunc("/items", says(200, "[]"))
	for range 10 {
		if err := s.services.SendScore(t.Context(), s.access, s.url+"/item", lti.Score{Subject: "5"}); err != nil {
			t.Fatal(err)
		}
	}
	wantTokens(t, s, 2) // all of them, refused and remembered; the one
	if _, err := s.services.LineItems(t.Context(), s.access, s.url+"/items", lti.LineItemFilter{}); err != nil {
		t.Fatal(err)
	}
	wantTokens(t, s, 4) // lineitem.readonly, refused; lineitem
	err := s.services.Results(t.Context(), s.access, s.url+"/item", "", nil)
	if e := serviceError(t, err); e.Code != "invalid_scope" || !e.Refused() || e.Service != lti.ServiceToken {
		t.Errorf("what is not granted at all: %v", err)
	}
	s.pass(11 * time.Minute) // an admin has added the rest
	s.grants(nil)
	if err := s.services.SendScore(t.Context(), s.access, s.url+"/item", lti.Score{Subject: "5"}); err != nil {
		t.Fatal(err)
	}
	if last := s.asked()[s.tokens.Load()-1]; len(last.scopes) != 4 {
		t.Errorf("asked for %v", last.scopes)
	}
}

func TestScopesThatAreAskedFor(t *testing.T) {
	grades := []string{lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore}
	tests := []struct {
		name    string
		offered []string
		want    []string // nil: none, the call is not even tried
	}{
		{"no offer known", nil, grades},
		{"offer of other services only", []string{lti.ScopeRoster}, grades},
		{"a part is offered", []string{lti.ScopeScore, "https://other.example/scope", lti.ScopeLineItem}, []string{lti.ScopeLineItem, lti.ScopeScore}},
		{"not what is needed", []string{lti.ScopeResultRead}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			s.HandleFunc("/item/scores", says(204, ""))
			s.access.Scopes = test.offered
			err := s.services.SendScore(t.Context(), s.access, s.url+"/item", lti.Score{Subject: "5"})
			if test.want == nil {
				if e := serviceError(t, err); e.Code != lti.CodeInsufficientScope || !e.Refused() {
					t.Errorf("error %v", err)
				}
				wantTokens(t, s, 0)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, s.asked()[0].scopes); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Moodle grants a part of what was asked; the rest may come when the admin adds it.
func TestPartOfTheScopes(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/item/scores", says(200, ""))
	s.grants(says(200, `{"access_token":"t","expires_in":3600,"scope":"`+lti.ScopeLineItem+`"}`))
	send := func() error {
		return s.services.SendScore(t.Context(), s.access, s.url+"/item", lti.Score{Subject: "5"})
	}
	for range 3 {
		if e := serviceError(t, send()); e.Code != lti.CodeInsufficientScope || e.Service != lti.ServiceGrades {
			t.Fatalf("error %v", e)
		}
	}
	wantTokens(t, s, 1)
	s.grants(nil)
	s.pass(5 * time.Minute)
	if err := send(); err != nil {
		t.Error(err)
	}
	wantTokens(t, s, 2)
}

// Whatever a platform does with a token or an assertion, neither is in an error
// or a log.
func TestTokensAreSecret(t *testing.T) {
	s := newSchool(t)
	var log bytes.Buffer
	s.services.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.HandleFunc("/roster", func(w http.ResponseWriter, r *http.Request) {
		says(400, `{"error":"`+r.Header.Get("Authorization")+`","error_description":"bad `+r.Header.Get("Authorization")+`"}`)(w, r)
	})
	_, err := s.roster(t.Context())
	texts := []string{err.Error(), fmt.Sprintf("%+v", err), serviceError(t, err).Detail}

	s.grants(func(w http.ResponseWriter, r *http.Request) {
		says(400, "cannot verify "+r.PostFormValue("client_assertion"))(w, r)
	})
	s.pass(2 * time.Hour)
	_, err = s.roster(t.Context())
	texts = append(texts, err.Error(), log.String())
	for _, text := range texts {
		for _, form := range s.asked() {
			if strings.Contains(text, "token-1") || strings.Contains(text, form.assertion) {
				t.Errorf("a secret in %q", text)
			}
		}
	}
}

func TestTokensAreBounded(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", says(200, emptyRoster))
	key := s.services.Key
	s.services.Key = func(context.Context) (lti.ToolKey, error) { return lti.ToolKey{}, errors.New("none") }
	a := s.access
	for i := range 5000 {
		a.DeploymentID = fmt.Sprint(i)
		if _, err := s.services.Members(t.Context(), a, s.url+"/roster", nil); err == nil {
			t.Fatal("no error")
		}
	}
	if n := s.services.Grants(); n == 0 || n > 4096 {
		t.Errorf("%d are remembered", n)
	}
	s.services.Key = key
	if _, err := s.roster(t.Context()); err != nil {
		t.Errorf("after many deployments: %v", err)
	}
}
