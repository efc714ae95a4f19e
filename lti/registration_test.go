package lti_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

// registry is a platform that lets tools register themselves, with the answers
// that a real Moodle gave unless a test puts others in their place.
type registry struct {
	*httptest.Server
	http.ServeMux
	registrar *lti.Registrar
	log       bytes.Buffer

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

const (
	configurationPath = "/mod/lti/openid-configuration.php"
	registrationPath  = "/mod/lti/openid-registration.php"
	registrationToken = "opaque.registration.token"
)

func newRegistry(t testing.TB, tls bool) *registry {
	t.Helper()
	r := &registry{}
	if tls {
		r.Server = httptest.NewTLSServer(r)
	} else {
		r.Server = httptest.NewServer(r)
	}
	t.Cleanup(r.Close)
	r.registrar = &lti.Registrar{
		HTTP: r.Client(), OnPremisesHTTP: r.Client(), Timeout: 5 * time.Second, Logger: slog.New(slog.NewTextHandler(&r.log, nil)),
	}
	return r
}

// moodleRegistry answers as the real one did.
func moodleRegistry(t testing.TB) *registry {
	r := newRegistry(t, false)
	r.answer(configurationPath, r.configuration(t, func(map[string]any) {}))
	var answer any
	recordedDoor(t, "registration-response.json", &answer)
	r.answer(registrationPath, answer)
	return r
}

func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	r.requests, r.bodies = append(r.requests, req), append(r.bodies, string(body))
	r.mu.Unlock()
	r.ServeMux.ServeHTTP(w, req)
}

func (r *registry) answer(path string, value any) {
	r.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(value) })
}

// configuration is Moodle's, at our address, with a change.
func (r *registry) configuration(t testing.TB, change func(map[string]any)) map[string]any {
	t.Helper()
	data, err := os.ReadFile("testdata/moodle-4.5/doors/openid-configuration.json")
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(bytes.ReplaceAll(data, []byte(moodle), []byte(r.URL)), &config); err != nil {
		t.Fatal(err)
	}
	change(config)
	return config
}

func (r *registry) ask(ctx context.Context) (*lti.PlatformConfiguration, error) {
	return r.registrar.Configuration(ctx, r.URL+configurationPath+"?registration_token=x", registrationToken, !strings.HasPrefix(r.URL, "https"))
}

// wantFailure fails unless the registration went wrong for that reason, without
// telling a token to whoever reads the log.
func wantFailure(t testing.TB, r *registry, err error, step lti.RegistrationStep, want lti.Reason) *lti.RegistrationError {
	t.Helper()
	var e *lti.RegistrationError
	if !errors.As(err, &e) || e.Step != step || e.Reason != want {
		t.Fatalf("got %v, want %s: %s", err, step, want)
	}
	for _, said := range []string{e.Error(), e.Detail, r.log.String()} {
		if strings.Contains(said, registrationToken) || strings.Contains(said, "registration_token=") || strings.ContainsAny(strings.TrimSpace(said), "\x00\r") {
			t.Errorf("told: %q", said)
		}
	}
	return e
}

func TestConfigurationOfMoodle(t *testing.T) {
	r := moodleRegistry(t)
	got, err := r.ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Variables); n != 40 || got.Variables[3] != "Context.id" {
		t.Errorf("%d variables: %q", n, got.Variables)
	}
	got.Variables = nil
	at := r.URL + "/mod/lti/"
	want := &lti.PlatformConfiguration{
		Issuer: r.URL, AuthURL: at + "auth.php", TokenURL: at + "token.php", JWKSURL: at + "certs.php", RegistrationURL: at + "openid-registration.php",
		Family: "moodle", Version: "4.5.5+ (Build: 20250613)",
		Scopes: []string{
			"https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome", lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore,
			lti.ScopeLineItem, lti.ScopeRoster, "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting", "openid",
		},
		Claims: []string{"sub", "iss", "name", "given_name", "family_name", "email"},
		Messages: []lti.SupportedMessage{
			{Type: lti.ResourceLinkRequest, Placements: []string{}}, {Type: lti.DeepLinkingRequest, Placements: []string{"ContentArea"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Whatever may lead astray is sent by the server of the test, and whatever it
// must not lead to would say so.
func TestConfigurationAnswers(t *testing.T) {
	elsewhere := moodleRegistry(t)
	with := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	without := func(name string) func(map[string]any) {
		return func(c map[string]any) { delete(c, name) }
	}
	tests := []struct {
		name   string
		change func(map[string]any)
		want   lti.Reason
	}{
		{"as it is", func(map[string]any) {}, ""},
		{"lists that are none", func(c map[string]any) { c["scopes_supported"], c["claims_supported"] = 7, map[string]any{} }, ""},
		{"no account of itself", without("https://purl.imsglobal.org/spec/lti-platform-configuration"), ""},
		{"PHP's empty account", with("https://purl.imsglobal.org/spec/lti-platform-configuration", []any{}), ""},
		{"issuer of another host", with("issuer", elsewhere.URL), lti.RegistrationIssuer},
		{"issuer of another port", with("issuer", "http://127.0.0.1:1"), lti.RegistrationIssuer},
		{"issuer with our name before an @", with("issuer", "http://127.0.0.1@evil.example"), lti.RegistrationIssuer},
		{"issuer is no address", with("issuer", "lms"), lti.RegistrationIssuer},
		{"issuer is a number", with("issuer", 7), lti.RegistrationIssuer},
		{"issuer too long", func(c map[string]any) { c["issuer"] = fmt.Sprint(c["issuer"], "/", strings.Repeat("x", 1024)) }, lti.RegistrationIssuer},
		{"issuer with a query", func(c map[string]any) { c["issuer"] = fmt.Sprint(c["issuer"], "?a=b") }, lti.RegistrationIssuer},
		{"issuer with a fragment", func(c map[string]any) { c["issuer"] = fmt.Sprint(c["issuer"], "#a") }, lti.RegistrationIssuer},
		{"no issuer", without("issuer"), lti.RegistrationIssuer},
		{"no authorization endpoint", without("authorization_endpoint"), lti.RegistrationEndpoint},
		{"no token endpoint", without("token_endpoint"), lti.RegistrationEndpoint},
		{"no key set", without("jwks_uri"), lti.RegistrationEndpoint},
		{"no registration endpoint", without("registration_endpoint"), lti.RegistrationEndpoint},
		{"endpoint is a script", with("authorization_endpoint", "javascript:alert(1)"), lti.RegistrationEndpoint},
		{"endpoint is a file", with("jwks_uri", "file:///etc/passwd"), lti.RegistrationEndpoint},
		{"endpoint with a password", with("token_endpoint", "https://a:b@lms.example/"), lti.RegistrationEndpoint},
		{"endpoint on two lines", with("token_endpoint", "https://lms.example/\nx"), lti.RegistrationEndpoint},
		{"endpoint on another host, by https", with("token_endpoint", "https://sso.lms.example/token"), ""},
		{"endpoint on another host of the inside", with("jwks_uri", "http://10.0.0.5/keys"), lti.RegistrationInsecure},
		{"endpoint is a list", with("jwks_uri", []any{"https://lms.example/"}), lti.RegistrationEndpoint},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, false)
			r.answer(configurationPath, r.configuration(t, test.change))
			_, err := r.ask(t.Context())
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantFailure(t, r, err, lti.StepConfiguration, test.want)
		})
	}
	if n := len(elsewhere.requests); n != 0 {
		t.Errorf("%d requests to another platform", n)
	}
}

// A public platform is asked by https, and everything that it names is https.
func TestConfigurationOfPublicPlatform(t *testing.T) {
	r := newRegistry(t, true)
	r.answer(configurationPath, r.configuration(t, func(map[string]any) {}))
	if _, err := r.ask(t.Context()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t, true)
			r.answer(configurationPath, r.configuration(t, func(c map[string]any) {
				c[name] = strings.Replace(c[name].(string), "https", "http", 1)
			}))
			_, err := r.ask(t.Context())
			wantFailure(t, r, err, lti.StepConfiguration, lti.RegistrationInsecure)
		})
	}
}

func TestConfigurationAddresses(t *testing.T) {
	r := moodleRegistry(t)
	for address, want := range map[string]lti.Reason{
		"":                        lti.RegistrationAddress,
		"lms.example":             lti.RegistrationAddress,
		"file:///etc/passwd":      lti.RegistrationAddress,
		"https://a:b@lms.example": lti.RegistrationAddress,
		"https://lms.example/\n":  lti.RegistrationAddress,
		r.URL + configurationPath: lti.RegistrationInsecure,
	} {
		_, err := r.registrar.Configuration(t.Context(), address, registrationToken, false)
		wantFailure(t, r, err, lti.StepConfiguration, want)
	}
	r.registrar.HTTP = nil
	_, err := r.registrar.Configuration(t.Context(), "https://lms.example", "", false)
	wantFailure(t, r, err, lti.StepConfiguration, lti.RegistrationUnreachable)
	if len(r.requests) != 0 {
		t.Errorf("%d requests", len(r.requests))
	}
}

// What comes instead of a configuration, or of the answer to a registration.
func TestRegistrationAnswersGoneWrong(t *testing.T) {
	elsewhere := moodleRegistry(t)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   lti.Reason
	}{
		{"a page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Log in</html>") }, lti.RegistrationNotJSON},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, lti.RegistrationNotJSON},
		{"a list", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") }, lti.RegistrationNotJSON},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"issuer":"x`) }, lti.RegistrationNotJSON},
		{"huge", func(w http.ResponseWriter, _ *http.Request) {
			for range 2 << 10 {
				if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<10)); err != nil {
					return
				}
			}
		}, lti.RegistrationTooLarge},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, lti.RegistrationSlow},
		{"no end", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "{")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, lti.RegistrationSlow},
		{"breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, lti.RegistrationUnreachable},
		{"redirect to another place", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+configurationPath, http.StatusTemporaryRedirect)
		}, lti.RegistrationRedirect},
		{"redirect in a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusPermanentRedirect)
		}, lti.RegistrationRedirect},
		{"refused", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":"invalid_token","error_description":"used\u0000 before"}`, http.StatusUnauthorized)
		}, lti.RegistrationRefused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, false)
			r.registrar.Timeout = 200 * time.Millisecond
			r.HandleFunc(configurationPath, test.answer)
			r.HandleFunc(registrationPath, test.answer)
			_, err := r.ask(t.Context())
			wantFailure(t, r, err, lti.StepConfiguration, test.want)
			_, err = r.register(t)
			wantFailure(t, r, err, lti.StepRegister, test.want)
		})
	}
	if n := len(elsewhere.requests); n != 0 {
		t.Errorf("%d requests to another platform", n)
	}
}

func (r *registry) register(t testing.TB) (*lti.Registered, error) {
	return r.registrar.Register(t.Context(), &lti.PlatformConfiguration{Issuer: r.URL, RegistrationURL: r.URL + registrationPath}, registrationToken, &lti.Registration{}, true)
}

// A redirect within the platform is followed, but not one that drops what we send.
func TestRegistrationRedirects(t *testing.T) {
	r := moodleRegistry(t)
	r.HandleFunc("/moved", func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, configurationPath, http.StatusFound)
	})
	if _, err := r.registrar.Configuration(t.Context(), r.URL+"/moved", registrationToken, true); err != nil {
		t.Error(err)
	}
	if got := r.requests[len(r.requests)-1]; got.Header.Get("Authorization") != "Bearer "+registrationToken {
		t.Errorf("the token did not come along: %v", got.Header)
	}
	for status, want := range map[int]lti.Reason{http.StatusFound: lti.RegistrationRedirect, http.StatusSeeOther: lti.RegistrationRedirect, http.StatusPermanentRedirect: ""} {
		r := moodleRegistry(t)
		r.HandleFunc("/moved", func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, registrationPath, status) })
		_, err := r.registrar.Register(t.Context(), &lti.PlatformConfiguration{Issuer: r.URL, RegistrationURL: r.URL + "/moved"}, registrationToken, &lti.Registration{Name: "x"}, true)
		if want != "" {
			wantFailure(t, r, err, lti.StepRegister, want)
		} else if err != nil || !strings.Contains(r.bodies[1], `"client_name":"x"`) {
			t.Errorf("%d: %v, sent %q", status, err, r.bodies)
		}
	}
}

// The clients refuse to dial; that is told apart from a platform that is away.
func TestRegistrationOfForbiddenAddress(t *testing.T) {
	forbidden := errors.New("prohibited address")
	r := moodleRegistry(t)
	dialer := &net.Dialer{Control: func(string, string, syscall.RawConn) error { return fmt.Errorf("%w: 127.0.0.1", forbidden) }}
	r.registrar.OnPremisesHTTP = &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
	_, err := r.ask(t.Context())
	wantFailure(t, r, err, lti.StepConfiguration, lti.RegistrationUnreachable)
	r.registrar.Forbidden = []error{forbidden}
	_, err = r.ask(t.Context())
	wantFailure(t, r, err, lti.StepConfiguration, lti.RegistrationPrivate)
	_, err = r.register(t)
	wantFailure(t, r, err, lti.StepRegister, lti.RegistrationPrivate)
	if len(r.requests) != 0 {
		t.Errorf("%d requests", len(r.requests))
	}
}

// Where a platform on premises sends us outside its own host, we go as strangers.
func TestRegistrationElsewhere(t *testing.T) {
	inside, outside := moodleRegistry(t), newRegistry(t, true)
	outside.answer(registrationPath, map[string]any{"client_id": "c1"})
	config := &lti.PlatformConfiguration{Issuer: "https://lms.example", RegistrationURL: outside.URL + registrationPath}
	_, err := inside.registrar.Register(t.Context(), config, registrationToken, &lti.Registration{}, true)
	wantFailure(t, inside, err, lti.StepRegister, lti.RegistrationUnreachable) // its client does not trust the certificate
	inside.registrar.HTTP = outside.Client()
	if _, err := inside.registrar.Register(t.Context(), config, registrationToken, &lti.Registration{}, true); err != nil {
		t.Error(err)
	}
	config.RegistrationURL = inside.URL + registrationPath
	_, err = inside.registrar.Register(t.Context(), config, registrationToken, &lti.Registration{}, true)
	wantFailure(t, inside, err, lti.StepRegister, lti.RegistrationInsecure)
	if len(inside.requests) != 0 {
		t.Errorf("%d requests", len(inside.requests))
	}
}

// PHP writes what stands before its first line.
func TestConfigurationWithByteOrderMark(t *testing.T) {
	r := newRegistry(t, false)
	r.HandleFunc(configurationPath, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "\ufeff\r\n")
		_ = json.NewEncoder(w).Encode(r.configuration(t, func(map[string]any) {}))
	})
	if _, err := r.ask(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRegistrationOfNobody(t *testing.T) {
	r := moodleRegistry(t)
	r.Close()
	_, err := r.ask(t.Context())
	wantFailure(t, r, err, lti.StepConfiguration, lti.RegistrationUnreachable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.ask(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the admin has gone", err)
	}
}

// The token goes along where there is one, as it is.
func TestRegistrationToken(t *testing.T) {
	for token, want := range map[string]string{registrationToken: "Bearer " + registrationToken, "": ""} {
		r := moodleRegistry(t)
		config, err := r.registrar.Configuration(t.Context(), r.URL+configurationPath, token, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.registrar.Register(t.Context(), config, token, &lti.Registration{}, true); err != nil {
			t.Fatal(err)
		}
		if len(r.requests) != 2 {
			t.Fatalf("%d requests", len(r.requests))
		}
		for _, req := range r.requests {
			if got := req.Header.Get("Authorization"); got != want || req.Header.Get("User-Agent") != "Classbridge" || req.Header.Get("Accept") != "application/json" {
				t.Errorf("%s %s: headers %v", req.Method, req.URL, req.Header)
			}
		}
		if got := r.requests[1]; got.Method != http.MethodPost || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s as %s", got.Method, got.Header.Get("Content-Type"))
		}
		if strings.Contains(r.log.String(), registrationToken) {
			t.Errorf("logged: %s", r.log.String())
		}
	}
}

func TestRegistered(t *testing.T) {
	tests := []struct {
		name, answer string
		want         *lti.Registered // nil: refused
	}{
		{"only a client", `{"client_id":"c1"}`, &lti.Registered{ClientID: "c1"}},
		{"client is a number", `{"client_id":10000000000001}`, &lti.Registered{ClientID: "10000000000001"}},
		{"scopes as a list", `{"client_id":"c1","scope":["a","b"]}`, &lti.Registered{ClientID: "c1", Scopes: []string{"a", "b"}}},
		{"scopes of none", `{"client_id":"c1","scope":""}`, &lti.Registered{ClientID: "c1"}},
		{"deployment is a number", `{"client_id":"c1","https://purl.imsglobal.org/spec/lti-tool-configuration":{"deployment_id":8}}`, &lti.Registered{ClientID: "c1", DeploymentID: "8"}},
		{"deployment that can be none", `{"client_id":"c1","https://purl.imsglobal.org/spec/lti-tool-configuration":{"deployment_id":"a\u0000"}}`, &lti.Registered{ClientID: "c1"}},
		{"PHP's empty configuration", `{"client_id":"c1","https://purl.imsglobal.org/spec/lti-tool-configuration":[]}`, &lti.Registered{ClientID: "c1"}},
		{"no client", `{"scope":"a"}`, nil},
		{"null", `null`, nil},
		{"empty client", `{"client_id":""}`, nil},
		{"client with a NUL", `{"client_id":"a\u0000"}`, nil},
		{"client too long", `{"client_id":"` + strings.Repeat("x", 1025) + `"}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, false)
			r.HandleFunc(registrationPath, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusCreated)
				fmt.Fprint(w, test.answer)
			})
			got, err := r.register(t)
			if test.want == nil {
				wantFailure(t, r, err, lti.StepRegister, lti.RegistrationClient)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Scopes) == 0 {
				got.Scopes = nil
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A refusal tells the admin what the platform says, as far as it can be shown.
func TestRegistrationRefused(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":"invalid_client_metadata","error_description":"domain does not match"}`: "invalid_client_metadata domain does not match",
		`{"message":"Token already used"}`:                                                "Token already used",
		`{"errors":[{"x":"Invalid scopes"}]}`:                                             `{"errors":[{"x":"Invalid scopes"}]}`,
		`you sent Bearer ` + registrationToken + "\r\n!":                                  "you sent Bearer …  !",
		strings.Repeat("x", 5000):                                                         strings.Repeat("x", 255),
		"":                                                                                "",
	} {
		r := newRegistry(t, false)
		r.HandleFunc(registrationPath, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, body)
		})
		_, err := r.register(t)
		e := wantFailure(t, r, err, lti.StepRegister, lti.RegistrationRefused)
		if e.Detail != want || e.Status != http.StatusUnprocessableEntity {
			t.Errorf("detail %q, status %d; want %q", e.Detail, e.Status, want)
		}
	}
}
