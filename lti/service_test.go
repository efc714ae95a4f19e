package lti_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/lti"
)

// school is the services' side of a platform on premises: a token endpoint, and
// what a test puts beside it.
type school struct {
	*clock
	http.ServeMux
	services *lti.Services
	access   lti.Access
	url      string
	key      lti.ToolKey
	tokens   atomic.Int32 // asked for

	mu     sync.Mutex
	answer http.HandlerFunc // of the token endpoint
	forms  []tokenForm
}

// tokenForm is what the token endpoint was sent.
type tokenForm struct {
	grantType, assertionType, assertion string
	scopes                              []string
}

var toolKey = sync.OnceValues(lti.GenerateToolKey)

func newSchool(t testing.TB) *school {
	t.Helper()
	key, err := toolKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &school{clock: &clock{now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}, key: key}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.HandleFunc("POST /token", s.serveToken)
	s.services = &lti.Services{
		OnPremisesHTTP: server.Client(), Now: s.Now, Timeout: 5 * time.Second, Logger: slog.New(slog.DiscardHandler),
		Key: func(context.Context) (lti.ToolKey, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.key, nil
		},
	}
	s.access = lti.Access{DeploymentID: "7", Platform: lti.Platform{
		ID: "p1", ClientID: "tool", TokenURL: s.url + "/token", OnPremises: true,
	}}
	return s
}

// grants has the token endpoint answer so.
func (s *school) grants(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *school) serveToken(w http.ResponseWriter, r *http.Request) {
	n := s.tokens.Add(1)
	form := tokenForm{
		r.PostFormValue("grant_type"), r.PostFormValue("client_assertion_type"), r.PostFormValue("client_assertion"),
		strings.Fields(r.PostFormValue("scope")),
	}
	s.mu.Lock()
	answer := s.answer
	s.forms = append(s.forms, form)
	s.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600,"scope":%q}`, n, strings.Join(form.scopes, " "))
}

// asked is what the token endpoint was sent so far.
func (s *school) asked() []tokenForm {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]tokenForm(nil), s.forms...)
}

// says answers with a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// roster reads the one page at /roster.
func (s *school) roster(ctx context.Context) ([]lti.Member, error) {
	var members []lti.Member
	_, err := s.services.Members(ctx, s.access, s.url+"/roster", func(m lti.Member) error {
		members = append(members, m)
		return nil
	})
	return members, err
}

const emptyRoster = `{"id":"r","context":{"id":"c"},"members":[]}`

func wantTokens(t *testing.T, s *school, want int) {
	t.Helper()
	if got := s.tokens.Load(); got != int32(want) {
		t.Errorf("%d tokens were asked for, want %d", got, want)
	}
}

// serviceError is err, which must be one.
func serviceError(t testing.TB, err error) *lti.ServiceError {
	t.Helper()
	var e *lti.ServiceError
	if !errors.As(err, &e) {
		t.Fatalf("not an *lti.ServiceError: %v", err)
	}
	return e
}

func decode(t testing.TB, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// verdict is what a caller is to do about an error.
func verdict(e *lti.ServiceError) string {
	switch {
	case e.Temporary() && e.Refused():
		return "both"
	case e.Temporary():
		return "temporary"
	case e.Refused():
		return "refused"
	}
	return "nonsense"
}

func TestServiceRefusals(t *testing.T) {
	tests := []struct {
		name           string
		answer         http.HandlerFunc
		verdict        string
		status         int
		code, detail   string
		retryAfterSecs int
	}{
		{"400 with an OAuth error", says(400, `{"error":"invalid_request","error_description":"no <b>such</b> course"}`), "refused", 400, "invalid_request", "no <b>such</b> course", 0},
		{"403 with a page", says(403, "<html>\r\n<h1>Forbidden</h1>\x00"), "refused", 403, "", "<html>  <h1>Forbidden</h1>", 0},
		{"404", says(404, ""), "refused", 404, "", "", 0},
		{"409 as of Moodle", says(409, "[]"), "refused", 409, "", "[]", 0},
		{"422", says(422, `{"errors":{"type":"unprocessable_entity","message":"User not found"}}`), "refused", 422, "", `{"errors":{"type":"unprocessable_entity","message":"User not found"}}`, 0},
		{"403 as of a busy Canvas", says(403, "403 Forbidden (Rate Limit Exceeded)\n"), "temporary", 403, lti.CodeRateLimited, "403 Forbidden (Rate Limit Exceeded)", 0},
		{"408", says(408, ""), "temporary", 408, "", "", 0},
		{"429 and seconds", retry("7", 429), "temporary", 429, "", "", 7},
		{"503 and a date", retry("Tue, 01 Sep 2026 08:02:00 GMT", 503), "temporary", 503, "", "", 120},
		{"503 and a date of the past", retry("Tue, 01 Sep 2020 08:02:00 GMT", 503), "temporary", 503, "", "", 0},
		{"503 for ever", retry("99999999", 503), "temporary", 503, "", "", 3600},
		{"500 and a long page", says(500, strings.Repeat("x", 100_000)), "temporary", 500, "", strings.Repeat("x", 200), 0},
		{"304", says(304, ""), "nonsense", 304, "", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			s.HandleFunc("/roster", test.answer)
			_, err := s.roster(t.Context())
			e := serviceError(t, err)
			if got := verdict(e); got != test.verdict {
				t.Errorf("verdict %s, want %s", got, test.verdict)
			}
			if e.Service != lti.ServiceRoster || e.Platform != "p1" || e.Host != strings.TrimPrefix(s.url, "http://") {
				t.Errorf("error of %s at %s, platform %s", e.Service, e.Host, e.Platform)
			}
			if e.Status != test.status || e.Code != test.code || e.Detail != test.detail || e.RetryAfter != time.Duration(test.retryAfterSecs)*time.Second {
				t.Errorf("status %d, code %q, detail %q, retry after %s", e.Status, e.Code, e.Detail, e.RetryAfter)
			}
		})
	}
}

func retry(after string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", after)
		w.WriteHeader(status)
	}
}

// What comes back with the status of success and is no roster must not look like
// one without people.
func TestServiceNonsense(t *testing.T) {
	tests := []struct {
		name, body, verdict string
	}{
		{"nothing", "", "nonsense"},
		{"a page", "\n<!DOCTYPE html><title>Log in</title>", "nonsense"},
		{"a page after a byte order mark", "\uFEFF<html>", "nonsense"},
		{"an empty object", "{}", "nonsense"},
		{"an error", `{"error":"maintenance"}`, "nonsense"},
		{"no list of members", `{"members":null}`, "nonsense"},
		{"an object for the list", `{"members":{"0":{}}}`, "nonsense"},
		{"a list", "[]", "nonsense"},
		{"a word", `"roster"`, "nonsense"},
		{"not JSON", `{"members":[{]}`, "nonsense"},
		{"nested without end", `{"members":[` + strings.Repeat("[", 20_000), "nonsense"},
		{"cut off in the list", `{"members":[{"user_id":"1","roles":[]}`, "temporary"},
		{"cut off after the list", `{"members":[]`, "temporary"},
		{"one member without end", `{"members":[{"user_id":"` + strings.Repeat("1", 3<<20) + `"}]}`, "nonsense"},
		{"something else without end", `{"junk":"` + strings.Repeat("1", 3<<20) + `","members":[]}`, "nonsense"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			s.HandleFunc("/roster", says(200, test.body))
			_, err := s.roster(t.Context())
			if got := verdict(serviceError(t, err)); got != test.verdict {
				t.Errorf("verdict %s, want %s: %v", got, test.verdict, err)
			}
		})
	}
}

func TestServicePageTooLarge(t *testing.T) {
	s := newSchool(t)
	item := `{"id":"` + s.url + `/item","scoreMaximum":1,"label":"` + strings.Repeat("x", 1000) + `"},`
	s.HandleFunc("/items", says(200, "["+strings.Repeat(item, 5000)))
	_, err := s.services.LineItems(t.Context(), s.access, s.url+"/items", lti.LineItemFilter{})
	var large *http.MaxBytesError
	if !errors.As(err, &large) || verdict(serviceError(t, err)) != "nonsense" {
		t.Errorf("error %v", err)
	}
}

// A platform may be slow, not silent.
func TestServiceSilence(t *testing.T) {
	for name, begin := range map[string]string{"no answer": "", "half an answer": `{"members":[{"user_id":"1","roles":[]},`} {
		t.Run(name, func(t *testing.T) {
			s := newSchool(t)
			s.services.Timeout = 50 * time.Millisecond
			s.HandleFunc("/roster", func(w http.ResponseWriter, r *http.Request) {
				if begin != "" {
					_, _ = io.WriteString(w, begin)
					_ = http.NewResponseController(w).Flush()
				}
				<-r.Context().Done()
			})
			_, err := s.roster(t.Context())
			if e := serviceError(t, err); !errors.Is(err, context.DeadlineExceeded) || !e.Temporary() {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A large roster may take longer than the timeout, and what we do with the
// members does not count.
func TestServiceSlowButSteady(t *testing.T) {
	s := newSchool(t)
	s.services.Timeout = 200 * time.Millisecond
	s.HandleFunc("/roster", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"members":[`)
		for i := range 8 {
			_, _ = fmt.Fprintf(w, `{"user_id":"%d"},`, i)
			_ = http.NewResponseController(w).Flush()
			time.Sleep(40 * time.Millisecond) // the slowness that is tested
		}
		_, _ = io.WriteString(w, `{"user_id":"8"}]}`)
	})
	if members, err := s.roster(t.Context()); err != nil || len(members) != 9 {
		t.Errorf("%d members, %v", len(members), err)
	}
}

func TestServiceCallerGoesAway(t *testing.T) {
	s := newSchool(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.HandleFunc("/roster", func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := s.roster(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestServiceRedirects(t *testing.T) {
	s := newSchool(t)
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	s.HandleFunc("/roster", says(200, emptyRoster))
	s.Handle("/moved", http.RedirectHandler("/roster", http.StatusFound))
	s.Handle("/away", http.RedirectHandler(other.URL+"/roster?token=secret", http.StatusFound))
	s.Handle("/item/scores", http.RedirectHandler("/login", http.StatusFound))
	s.HandleFunc("/login", says(200, ""))

	ignore := func(lti.Member) error { return nil }
	if _, err := s.services.Members(t.Context(), s.access, s.url+"/moved", ignore); err != nil {
		t.Errorf("within the origin: %v", err)
	}
	_, err := s.services.Members(t.Context(), s.access, s.url+"/away", ignore)
	if e := serviceError(t, err); e.Code != lti.CodeAddressRefused || elsewhere.Load() != 0 || strings.Contains(err.Error(), "secret") {
		t.Errorf("to another origin: %v", err)
	}
	err = s.services.SendScore(t.Context(), s.access, s.url+"/item", lti.Score{Subject: "5"})
	if e := serviceError(t, err); e.Code != lti.CodeAddressRefused {
		t.Errorf("of a score: %v", err)
	}
}

// Off premises nothing goes by http, whoever gave the address.
func TestServiceAddressRefused(t *testing.T) {
	s := newSchool(t)
	s.access.Platform.OnPremises = false
	s.services.HTTP = s.services.OnPremisesHTTP
	for _, address := range []string{s.url + "/roster", "ftp://lms.example/roster", "https://user@lms.example/", "/roster", "", "https://lms.example/\nroster"} {
		_, err := s.services.Members(t.Context(), s.access, address, nil)
		if e := serviceError(t, err); e.Code != lti.CodeAddressRefused || !e.Refused() {
			t.Errorf("%q: %v", address, err)
		}
	}
	s.services.HTTP, s.access.Platform.TokenURL = nil, "https://lms.example/token"
	if _, err := s.services.Members(t.Context(), s.access, "https://lms.example/roster", nil); err == nil {
		t.Error("called without a client")
	}
	wantTokens(t, s, 0)
}

// On premises, only the hosts of the registration may be called by http, and with
// the client that dials private addresses.
func TestServiceInside(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", says(200, emptyRoster))
	port := s.url[strings.LastIndexByte(s.url, ':'):]
	_, err := s.services.Members(t.Context(), s.access, "http://localhost"+port+"/roster", nil)
	if e := serviceError(t, err); e.Code != lti.CodeAddressRefused {
		t.Errorf("by http at another host: %v", err)
	}
	_, err = s.services.Members(t.Context(), s.access, "https://localhost"+port+"/roster", nil)
	if err == nil || !strings.Contains(err.Error(), "no HTTP client") {
		t.Errorf("at another host with the client for private addresses: %v", err)
	}
	s.access.Platform.AuthURL = "https://LOCALHOST/auth"
	if _, err := s.services.Members(t.Context(), s.access, "http://localhost"+port+"/roster", nil); err != nil {
		t.Errorf("at a host of the registration: %v", err)
	}
}

// A refusal of our own dialer is final: nobody waits for the platform.
func TestServiceForbiddenAddress(t *testing.T) {
	forbidden := errors.New("prohibited address")
	s := newSchool(t)
	s.services.OnPremisesHTTP = &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: forbidden}
		},
	}}
	if _, err := s.roster(t.Context()); !serviceError(t, err).Temporary() {
		t.Errorf("of an unknown kind: %v", err)
	}
	s.services.Forbidden = []error{forbidden}
	_, err := s.roster(t.Context())
	if e := serviceError(t, err); e.Code != lti.CodeAddressRefused || !e.Refused() || !errors.Is(err, forbidden) {
		t.Errorf("error %v", err)
	}
}

// Platforms and firewalls want to know who calls (Canvas, Moodle behind a WAF).
func TestServiceUserAgent(t *testing.T) {
	for want, set := range map[string]string{"Classbridge": "", "Classbridge/1.2 (+https://class.example)": "Classbridge/1.2 (+https://class.example)"} {
		s := newSchool(t)
		s.services.UserAgent = set
		s.HandleFunc("/roster", func(w http.ResponseWriter, r *http.Request) {
			if got := r.UserAgent(); got != want {
				t.Errorf("User-Agent %q, want %q", got, want)
			}
			_, _ = io.WriteString(w, emptyRoster)
		})
		if _, err := s.roster(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
