//go:build linux

package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// aTool answers as a tool does, and checks what the driver brings.
func aTool(t *testing.T, p *platform) *tool {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "__Host-state", Value: "s1", Secure: true})
		http.Redirect(w, r, p.issuer+"/auth?state=s1&nonce=n-"+r.PostFormValue("login_hint"), http.StatusFound)
	})
	mux.HandleFunc("POST /launch", func(w http.ResponseWriter, r *http.Request) {
		claims, err := verified(p, r.PostFormValue("id_token"))
		state, noCookie := r.Cookie("__Host-state")
		if err != nil || noCookie != nil || state.Value != r.PostFormValue("state") {
			http.Error(w, fmt.Sprint(err, noCookie), http.StatusUnauthorized)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "__Host-state", MaxAge: -1})
		http.SetCookie(w, &http.Cookie{Name: "who", Value: claims["sub"].(string) + "." + claims["nonce"].(string)})
		http.Redirect(w, r, "/room", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /room", func(w http.ResponseWriter, r *http.Request) {
		who, err := r.Cookie("who")
		if err != nil || len(r.Cookies()) != 1 {
			http.Error(w, fmt.Sprint(r.Cookies()), http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, who.Value)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return &tool{
		name: "a tool", url: s.URL, host: strings.TrimPrefix(s.URL, "http://"), clientID: "bench", loginPath: "/login", launchPath: "/launch",
		proof: func(p person) []string { return []string{p.id + ".n-" + p.id} },
	}
}

// verified checks RS256 and returns the claims.
func verified(p *platform, token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("not three parts")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature, err := base64URL.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if err := rsa.VerifyPKCS1v15(&p.key.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
		return nil, err
	}
	payload, err := base64URL.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	return claims, json.Unmarshal(payload, &claims)
}

func newTestPlatform(t *testing.T) *platform {
	t.Helper()
	p, err := newPlatform("http://lms.example.org")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLaunch(t *testing.T) {
	p := newTestPlatform(t)
	tool := aTool(t, p)
	c, err := dial(t.Context(), tool.host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	l := launch{person: learner(203)}
	if err := tool.login(c, p, &l); err != nil {
		t.Fatalf("login: %v", err)
	}
	if err := p.sign(tool, &l, time.Now()); err != nil {
		t.Fatalf("sign: %v", err)
	}
	if err := tool.enter(c, &l); err != nil {
		t.Fatalf("enter: %v", err)
	}
	if l.page != "learner-3.n-learner-3" || l.path != "/room" || l.took <= 0 {
		t.Errorf("page %q at %q after %s", l.page, l.path, l.took)
	}

	l.person.id = "somebody else"
	if err := tool.check(&l); err == nil {
		t.Error("the page of another person was taken")
	}
	l.token += "x"
	if err := tool.enter(c, &l); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a bad signature ended with %v, want 401", err)
	}
}

func TestStage(t *testing.T) {
	tool := aTool(t, newTestPlatform(t))
	var did [100]atomic.Int32
	took, err := stage(t.Context(), tool.host, 8, len(did), func(_ *conn, i int) error {
		did[i].Add(1)
		return nil
	})
	if err != nil || took <= 0 {
		t.Fatalf("stage took %s: %v", took, err)
	}
	for i := range did {
		if n := did[i].Load(); n != 1 {
			t.Errorf("%d was done %d times", i, n)
		}
	}

	broken := errors.New("broken")
	if _, err := stage(t.Context(), tool.host, 8, 100, func(*conn, int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("stage ended with %v, want %v", err, broken)
	}
	ended, end := context.WithCancel(t.Context())
	_, err = stage(ended, tool.host, 1, 2, func(*conn, int) error { end(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted stage ended with %v", err)
	}
}

func TestParseStat(t *testing.T) {
	const text = "4242 (post) gres) S 17 4242 4242 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 100 1 2\n"
	got, err := parseStat(text)
	if err != nil {
		t.Fatal(err)
	}
	want := procStat{parent: 17, own: 2 * time.Second, children: 500 * time.Millisecond}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(procStat{})); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "1 (a) S 1 2 3", strings.Replace(text, "150", "x", 1)} {
		if _, err := parseStat(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestFindForm(t *testing.T) {
	const page = `<form action="/rooms/1/end"><input type=hidden name=ticket value=no></form>
		<form method=post action="1/join" target=_blank><input type="hidden" name="ticket" value="a&amp;b"><input type=checkbox name=announce value=1><button>Join</button></form>`
	got, err := findForm(page, "/rooms/1", "/join")
	if err != nil {
		t.Fatal(err)
	}
	want := form{action: "/rooms/1/join", fields: url.Values{"ticket": {"a&b"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(form{})); diff != "" {
		t.Error(diff)
	}
	if _, err := findForm(page, "/rooms/1", "/start"); err == nil {
		t.Error("found a form that is not there")
	}
}

func TestSpread(t *testing.T) {
	for _, row := range []struct {
		values []float64
		want   spread
	}{
		{[]float64{3, 1, 2}, spread{2, 1, 3}},
		{[]float64{4, 1, 3, 2}, spread{2.5, 1, 4}},
		{[]float64{7}, spread{7, 7, 7}},
	} {
		if diff := cmp.Diff(row.want, spreadOfValues(row.values), cmp.AllowUnexported(spread{}), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestVerdict(t *testing.T) {
	r := &results{launches: map[load][]sample{
		{"classbridge", 8}:      {{rate: 2000, tool: 300 * time.Microsecond}},
		{"ltijs, key set", 8}:   {{rate: 100, tool: 6 * time.Millisecond}},
		{"ltijs, fixed key", 8}: {{rate: 160, tool: 3 * time.Millisecond}},
		{"floor", 8}:            {{rate: 5000, tool: 150 * time.Microsecond}},
	}}
	want := []string{
		"at least 10 times ltijs with a key set: met (20.00 times the launches per second, 20.00 times as many for the same CPU time)",
		"at least 10 times ltijs with a fixed key: met (12.50 times the launches per second, 10.00 times as many for the same CPU time)",
		"at least half of the floor: MISSED (0.40 times the launches per second, 0.50 times as many for the same CPU time)",
	}
	for i, target := range targets {
		if got := r.verdict(target); got != want[i] {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
	}
	delete(r.launches, load{"floor", 8})
	if got := r.verdict(targets[2]); got != "at least half of the floor: not measured" {
		t.Errorf("without the floor: %s", got)
	}
}
