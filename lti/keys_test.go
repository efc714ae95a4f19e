package lti_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/lti"
)

// key asks for the key that signs now.
func (w *world) key(ctx context.Context) (*rsa.PublicKey, error) {
	return w.tool.Keys.Key(ctx, w.lms.Platform("p1"), w.lms.Key().KID)
}

func wantKey(t *testing.T, w *world) {
	t.Helper()
	key, err := w.key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !key.Equal(&w.lms.Key().Private.PublicKey) {
		t.Fatal("another key")
	}
}

func wantRequests(t *testing.T, w *world, want int) {
	t.Helper()
	if got := w.lms.JWKSRequests(); got != want {
		t.Fatalf("%d requests for keys, want %d", got, want)
	}
}

func fail(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) }

// J3: a flood of unknown kids costs one request per cooldown.
func TestUnknownKIDsFetchOnce(t *testing.T) {
	w := newWorld(t)
	wantKey(t, w)
	w.pass(time.Minute)
	for i := range 1000 {
		_, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), fmt.Sprint("unknown", i))
		if got := reason(t, err); got != lti.KIDUnknown {
			t.Fatalf("reason %q", got)
		}
	}
	wantRequests(t, w, 2)
	wantKey(t, w)
	wantRequests(t, w, 2)
}

func TestWarmKeysCostNothing(t *testing.T) {
	w := newWorld(t)
	for range 100 {
		if _, err := w.verify(t.Context(), w.begin(t)); err != nil {
			t.Fatal(err)
		}
	}
	wantRequests(t, w, 1)
}

// A platform that was never reached is asked once per cooldown, and comes back by itself.
func TestDeadEndpoint(t *testing.T) {
	w := newWorld(t)
	w.lms.ReplaceJWKS(http.HandlerFunc(fail))
	for range 50 {
		_, err := w.verify(t.Context(), w.begin(t))
		if got := reason(t, err); got != lti.KeysUnavailable || got.Status() != http.StatusServiceUnavailable {
			t.Fatalf("J12 reason %q", got)
		}
	}
	wantRequests(t, w, 1)
	w.lms.ReplaceJWKS(nil)
	w.pass(30 * time.Second)
	wantKey(t, w)
	wantRequests(t, w, 2)
}

func TestRotation(t *testing.T) {
	w := newWorld(t)
	wantKey(t, w)
	if err := w.lms.Rotate(true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.key(t.Context()); reason(t, err) != lti.KIDUnknown {
		t.Fatalf("within the cooldown of the first fetch: %v", err)
	}
	w.pass(30 * time.Second)
	wantKey(t, w)
	wantRequests(t, w, 2)
}

// A key that the platform has withdrawn is forgotten when the set's time is up.
func TestWithdrawnKey(t *testing.T) {
	w := newWorld(t)
	wantKey(t, w)
	withdrawn := w.lms.Key().KID
	if err := w.lms.Rotate(false); err != nil {
		t.Fatal(err)
	}
	w.pass(59 * time.Minute)
	if _, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), withdrawn); err != nil {
		t.Fatal(err)
	}
	w.pass(2 * time.Minute)
	_, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), withdrawn)
	if got := reason(t, err); got != lti.KIDUnknown {
		t.Errorf("reason %q", got)
	}
	wantRequests(t, w, 2)
}

// J12: while the platform is down its last keys are good for a day.
func TestStaleKeys(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.tool.Keys.Logger = slog.New(slog.NewTextHandler(&log, nil))
	wantKey(t, w)
	w.lms.ReplaceJWKS(http.HandlerFunc(fail))
	w.pass(2 * time.Hour)
	wantKey(t, w)
	wantKey(t, w)
	wantRequests(t, w, 2)
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "502") {
		t.Errorf("log: %s", log.String())
	}
	_, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), "new")
	if got := reason(t, err); got != lti.KeysUnavailable {
		t.Errorf("a kid that may be a new key's: reason %q", got)
	}
	w.pass(22*time.Hour - time.Second)
	wantKey(t, w)
	w.pass(time.Second)
	if _, err := w.key(t.Context()); reason(t, err) != lti.KeysUnavailable {
		t.Errorf("after a day: %v", err)
	}
}

// How long a set is fresh, by what the platform says.
func TestCacheControl(t *testing.T) {
	tests := []struct {
		control string
		want    time.Duration
	}{
		{"", time.Hour},
		{"public", time.Hour},
		{"max-age=600", 10 * time.Minute},
		{"public, max-age=7200", 2 * time.Hour},
		{"max-age=0", time.Minute},
		{"max-age=5", time.Minute},
		{"max-age=-1", time.Minute},
		{"max-age=99999999", 24 * time.Hour},
		{"max-age=soon", time.Hour},
		{"max-age=99999999999999999999", time.Hour},
		{`Max-Age="600"`, 10 * time.Minute},
		{"no-cache,no-store", 10 * time.Minute}, // Brightspace
		{"private, no-store, max-age=0", 10 * time.Minute},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.control, func(t *testing.T) {
			w.tool.Keys = &lti.Keys{OnPremisesHTTP: w.server.Client(), Now: w.Now}
			requests := 0
			w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				requests++
				rw.Header().Set("Cache-Control", test.control)
				_, _ = rw.Write(w.lms.JWKS())
			}))
			wantKey(t, w)
			w.pass(test.want - time.Second)
			wantKey(t, w)
			if requests != 1 {
				t.Errorf("%d requests before %s", requests, test.want)
			}
			w.pass(time.Second)
			wantKey(t, w)
			if requests != 2 {
				t.Errorf("%d requests after %s", requests, test.want)
			}
		})
	}
}

// Answers that are no key sets.
func TestBadAnswers(t *testing.T) {
	released := make(chan struct{})
	defer close(released)
	w := newWorld(t)
	tests := []struct {
		name    string
		handler http.HandlerFunc
	}{
		{"status", fail},
		{"no JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }},
		{"empty", func(http.ResponseWriter, *http.Request) {}},
		{"more than a megabyte", func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write(append(w.lms.JWKS(), bytes.Repeat([]byte(" "), 1<<20)...))
		}},
		{"without end", func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<16)); err != nil {
					return
				}
			}
		}},
		{"too slow", func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			<-released
		}},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "{")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.tool.Keys = &lti.Keys{OnPremisesHTTP: w.server.Client(), Now: w.Now, Timeout: 300 * time.Millisecond}
			w.lms.ReplaceJWKS(test.handler)
			if _, err := w.key(t.Context()); reason(t, err) != lti.KeysUnavailable {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRedirectAtHome(t *testing.T) {
	w := newWorld(t)
	w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			http.Redirect(rw, r, "/jwks?again", http.StatusFound)
			return
		}
		_, _ = rw.Write(w.lms.JWKS())
	}))
	wantKey(t, w)
	refused := errors.New("not there")
	client := *w.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return refused }
	w.tool.Keys = &lti.Keys{OnPremisesHTTP: &client, Now: w.Now}
	if _, err := w.key(t.Context()); !errors.Is(err, refused) {
		t.Errorf("the client's own rule for redirects was not asked: %v", err)
	}
}

// The address of the keys is what an admin trusted: a redirect to another place
// is not followed, though there are keys.
func TestRedirectElsewhere(t *testing.T) {
	w := newWorld(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(w.lms.JWKS()) }))
	defer elsewhere.Close()
	w.lms.ReplaceJWKS(http.RedirectHandler(elsewhere.URL+"/jwks", http.StatusFound))
	if _, err := w.key(t.Context()); reason(t, err) != lti.KeysUnavailable {
		t.Errorf("got %v", err)
	}
}

func TestRedirectInACircle(t *testing.T) {
	w := newWorld(t)
	w.lms.ReplaceJWKS(http.RedirectHandler("/jwks", http.StatusFound))
	if _, err := w.key(t.Context()); reason(t, err) != lti.KeysUnavailable {
		t.Errorf("got %v", err)
	}
	wantRequests(t, w, 4)
}

func TestKeyRequest(t *testing.T) {
	w := newWorld(t)
	w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if agent := r.UserAgent(); agent != "Classbridge" {
			t.Errorf("User-Agent %q", agent)
		}
		_, _ = rw.Write(w.lms.JWKS())
	}))
	wantKey(t, w)
}

// Whoever waits for a fetch waits for one and the same.
func TestSingleFlight(t *testing.T) {
	w := newWorld(t)
	var started sync.WaitGroup
	started.Add(100)
	requests := 0
	w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		requests++
		started.Wait()
		_, _ = rw.Write(w.lms.JWKS())
	}))
	var done sync.WaitGroup
	for range 100 {
		done.Go(func() {
			started.Done()
			if _, err := w.key(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

// A fetch goes on when the person leaves whose launch began it.
func TestFirstCallerLeaves(t *testing.T) {
	w := newWorld(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		close(arrived) // a second request would panic
		<-release
		_, _ = rw.Write(w.lms.JWKS())
	}))
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := w.key(ctx)
		left <- err
	}()
	<-arrived
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) || reason(t, err) != lti.KeysUnavailable {
		t.Errorf("who left got %v", err)
	}
	close(release)
	wantKey(t, w)
}

// J10: keys that must not sign launches; one of them does not spoil the others.
func TestUnfitKeys(t *testing.T) {
	w := newWorld(t)
	n := base64.RawURLEncoding.EncodeToString(w.lms.Key().Private.N.Bytes())
	padded := base64.URLEncoding.EncodeToString(w.lms.Key().Private.N.Bytes())
	short := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 128))
	huge := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 2048))
	good := fmt.Sprintf(`{"kty":"RSA","kid":"good","use":"sig","alg":"RS256","n":"%s","e":"AQAB"}`, n)
	tests := []struct {
		name string
		keys string
		want bool
	}{
		{"J10 good", good, true},
		{"J10 without alg and use", fmt.Sprintf(`{"kty":"RSA","kid":"good","n":"%s","e":"AQAB"}`, n), true},
		{"J10 padded modulus", fmt.Sprintf(`{"kty":"RSA","kid":"good","n":"%s","e":"AQAB"}`, padded), true},
		{"J10 elliptic curve", `{"kty":"EC","kid":"good","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`, false},
		{"J10 secret key", `{"kty":"oct","kid":"good","k":"c2VjcmV0"}`, false},
		{"J10 for encryption", fmt.Sprintf(`{"kty":"RSA","kid":"good","use":"enc","n":"%s","e":"AQAB"}`, n), false},
		{"J10 for another algorithm", fmt.Sprintf(`{"kty":"RSA","kid":"good","alg":"RS512","n":"%s","e":"AQAB"}`, n), false},
		{"J10 1024 bits", fmt.Sprintf(`{"kty":"RSA","kid":"good","n":"%s","e":"AQAB"}`, short), false},
		{"J10 16384 bits", fmt.Sprintf(`{"kty":"RSA","kid":"good","n":"%s","e":"AQAB"}`, huge), false},
		{"J10 exponent 1", fmt.Sprintf(`{"kty":"RSA","kid":"good","n":"%s","e":"AQ"}`, n), false},
		{"J10 even exponent", fmt.Sprintf(`{"kty":"RSA","kid":"good","n":"%s","e":"AQAA"}`, n), false},
		{"J10 without kid", fmt.Sprintf(`{"kty":"RSA","n":"%s","e":"AQAB"}`, n), false},
		{"beside an unknown type", `{"kty":"AKP","kid":"pq","alg":"ML-DSA-44","pub":"AA"},` + good, true},
		{"beside a broken one", `{"kty":"RSA","kid":"x","n":"!"},{"kid":5},` + good, true},
		{"behind another type of the same kid", `{"kty":"oct","kid":"good","k":"c2VjcmV0"},` + good, true},
		{"none", ``, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			w.tool.Keys = &lti.Keys{OnPremisesHTTP: w.server.Client(), Now: w.Now, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(rw, `{"keys":[%s]}`, test.keys)
			}))
			if _, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), ""); reason(t, err) != lti.KIDUnknown {
				t.Errorf("a key without name: %v", err)
			}
			key, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), "good")
			if parsed := !test.want && test.keys != ""; parsed && !strings.Contains(log.String(), "left out") {
				t.Errorf("the log does not say why: %q", log.String())
			}
			if !test.want {
				if got := reason(t, err); got != lti.KIDUnknown {
					t.Errorf("reason %q, key %v", got, key)
				}
				return
			}
			if err != nil || !key.Equal(&w.lms.Key().Private.PublicKey) {
				t.Errorf("key %v, %v", key, err)
			}
		})
	}
}

// Which addresses are asked, and with which client.
func TestKeyAddresses(t *testing.T) {
	w := newWorld(t)
	public := httptest.NewTLSServer(w.lms)
	defer public.Close()
	tests := []struct {
		name       string
		address    string
		onPremises bool
		keys       *lti.Keys
		want       lti.Reason
	}{
		{"public", public.URL + "/jwks", false, &lti.Keys{HTTP: public.Client()}, ""},
		{"on premises", w.server.URL + "/jwks", true, &lti.Keys{OnPremisesHTTP: w.server.Client()}, ""},
		{"public with the wrong client", public.URL + "/jwks", false, &lti.Keys{OnPremisesHTTP: public.Client()}, lti.KeysUnavailable},
		{"on premises with the wrong client", w.server.URL + "/jwks", true, &lti.Keys{HTTP: w.server.Client()}, lti.KeysUnavailable},
		{"http of a public platform", w.server.URL + "/jwks", false, &lti.Keys{HTTP: w.server.Client()}, lti.PlatformMisconfigured},
		{"a file", "file:///etc/passwd", true, &lti.Keys{OnPremisesHTTP: w.server.Client()}, lti.PlatformMisconfigured},
		{"no address", "", false, &lti.Keys{HTTP: public.Client()}, lti.PlatformMisconfigured},
		{"not there", public.URL + "/other", false, &lti.Keys{HTTP: public.Client()}, lti.KeysUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := w.lms.Platform("p1")
			p.JWKSURL, p.OnPremises = test.address, test.onPremises
			_, err := test.keys.Key(t.Context(), p, w.lms.Key().KID)
			if got := reason(t, err); got != test.want {
				t.Errorf("key: reason %q, want %q", got, test.want)
			}
			if got := reason(t, test.keys.Prefetch(t.Context(), test.address, test.onPremises)); got != test.want {
				t.Errorf("prefetch: reason %q, want %q", got, test.want)
			}
		})
	}
}

func TestPrefetch(t *testing.T) {
	w := newWorld(t)
	if err := w.tool.Keys.Prefetch(t.Context(), w.lms.Platform("p1").JWKSURL, true); err != nil {
		t.Fatal(err)
	}
	wantKey(t, w)
	wantRequests(t, w, 1)

	empty := newWorld(t)
	empty.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, `{"keys":[]}`) }))
	err := empty.tool.Keys.Prefetch(t.Context(), empty.lms.Platform("p1").JWKSURL, true)
	if got := reason(t, err); got != lti.KeysUnavailable {
		t.Errorf("a set without keys: reason %q", got)
	}
}

// Addresses come from registrations, and are forgotten rather than collected.
func TestManyAddresses(t *testing.T) {
	w := newWorld(t)
	requests := 0
	keys := &lti.Keys{
		Now: w.Now,
		OnPremisesHTTP: &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			requests++
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(w.lms.JWKS()))}, nil
		})},
	}
	p := w.lms.Platform("p1")
	ask := func(i int) {
		p.JWKSURL = fmt.Sprintf("http://lms%d.example/jwks", i)
		if _, err := keys.Key(t.Context(), p, w.lms.Key().KID); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5000 {
		ask(i)
	}
	ask(4999)
	if requests != 5000 {
		t.Errorf("%d requests for 5000 addresses", requests)
	}
	ask(0)
	if requests != 5001 {
		t.Errorf("the first address is still known after 5000 others")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
