package doctor

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestCheckSelf(t *testing.T) {
	always := func(h http.HandlerFunc) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler { return h }
	}
	says := func(status int, body string) func(http.Handler) http.Handler {
		return always(func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, body)
		})
	}
	for _, test := range []struct {
		name   string
		change func(http.Handler) http.Handler
		state  State
		id     string
	}{
		{"good", nil, OK, "doctor.address.self"},
		{"a captive page", says(200, "<html>Sign in"), Failed, "doctor.address.self_foreign"},
		{"another program", says(404, "nothing"), Failed, "doctor.address.self_foreign"},
		{"a forged proof", says(200, `{"proof":"x"}`), Failed, "doctor.address.self_foreign"},
		{"the program is down", says(502, "<html>nginx"), Failed, "doctor.address.self_down"},
		{"leads elsewhere", always(func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "https://www.example.org/", http.StatusFound)
		}), Failed, "doctor.address.self_redirect"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := serve(t, test.change)
			wantFound(t, d.CheckSelf(t.Context()), test.state, test.id)
		})
	}
	d, _ := newDoctor(t, gone(t))
	wantFound(t, d.CheckSelf(t.Context()), Failed, "doctor.address.self_unreached")
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	s.Config.ErrorLog = quiet()
	d.URL = s.URL
	wantFound(t, d.CheckSelf(t.Context()), Failed, "doctor.address.self_certificate")
}

// A copy of the installation, or a replica with another key, is not this one.
func TestCheckSelfOtherKey(t *testing.T) {
	d := serve(t, nil)
	other := *d
	other.Signer = signer('x')
	wantFound(t, other.CheckSelf(t.Context()), Failed, "doctor.address.self_key")
}

func TestJudgeProxy(t *testing.T) {
	const proxy, person = "10.0.0.2", "203.0.113.9"
	good := Echo{Peer: proxy, Client: person, Forwarded: []string{stranger + ", " + person}, Trusted: true, Host: "class.example.org", Proto: "https"}
	for _, test := range []struct {
		name  string
		spoil func(*Echo)
		state State
		id    string
	}{
		{"good", func(*Echo) {}, OK, "doctor.address.proxy"},
		{"replaces", func(e *Echo) { e.Forwarded = []string{person} }, OK, "doctor.address.proxy"},
		{"range too wide", func(e *Echo) { e.Wide = "0.0.0.0/0" }, Failed, "doctor.address.proxy_wide"},
		{"passes on what it is told", func(e *Echo) { e.Forwarded, e.Client = []string{stranger}, stranger }, Failed, "doctor.address.proxy_forged"},
		{"believes everybody", func(e *Echo) { e.Client = stranger }, Failed, "doctor.address.proxy_forged"},
		{"asked from the proxy's machine", func(e *Echo) { e.Forwarded, e.Client = []string{stranger + ", 10.0.0.3"}, stranger }, OK, "doctor.address.proxy"},
		{"silent", func(e *Echo) { e.Forwarded, e.Client = []string{stranger}, proxy }, Warning, "doctor.address.proxy_silent"},
		{"untrusted", func(e *Echo) { e.Trusted, e.Client = false, proxy }, Warning, "doctor.address.proxy_untrusted"},
		{"other host", func(e *Echo) { e.Host = "localhost:8080" }, Warning, "doctor.address.proxy_host"},
		{"other scheme", func(e *Echo) { e.Proto = "http" }, Warning, "doctor.address.proxy_proto"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &Doctor{URL: "https://class.example.org", Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}
			e := good
			test.spoil(&e)
			wantFound(t, d.judgeProxy(e), test.state, test.id)
		})
	}
	direct := Echo{Peer: "127.0.0.1", Client: "127.0.0.1", Forwarded: []string{stranger}}
	wantFound(t, (&Doctor{URL: "http://localhost:8080"}).judgeProxy(direct), OK, "doctor.address.proxy_none")
}

func TestTooWide(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8": "", "192.0.2.7/32": "", "2001:db8::/32": "", "fd00::/16": "",
		"0.0.0.0/0": "0.0.0.0/0", "8.0.0.0/5": "8.0.0.0/5", "::/0": "::/0",
	} {
		if got := tooWide([]netip.Prefix{netip.MustParsePrefix(text)}); got != want {
			t.Errorf("tooWide(%s) = %q, want %q", text, got, want)
		}
	}
}

func TestCheckStream(t *testing.T) {
	streams := func(events int, pace time.Duration) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { stream(rw, events, pace) })
		}
	}
	for _, test := range []struct {
		name   string
		change func(http.Handler) http.Handler
		state  State
		id     string
	}{
		{"good", nil, OK, "doctor.address.stream"},
		{"all at once", streams(StreamEvents, 0), Failed, "doctor.address.stream_buffered"},
		{"cut off", streams(2, 0), Failed, "doctor.address.stream_lost"},
		{"a page", func(http.Handler) http.Handler { return http.NotFoundHandler() }, Failed, "doctor.address.stream_broken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantFound(t, serve(t, test.change).CheckStream(t.Context()), test.state, test.id)
		})
	}
}

func TestCheckClock(t *testing.T) {
	dated := func(ahead time.Duration) Source {
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		}))
		t.Cleanup(s.Close)
		return Source{Host: s.Listener.Addr().String(), Address: s.URL, Client: http.DefaultClient}
	}
	right, slow, fast := dated(0), dated(-time.Minute), dated(2*time.Minute)
	silent := Source{Address: gone(t), Client: http.DefaultClient}
	d, _ := newDoctor(t, "http://localhost")
	for _, test := range []struct {
		name    string
		sources []Source
		state   State
		id      string
	}{
		{"agree", []Source{right, right, silent}, OK, "doctor.address.clock"},
		{"one is slow", []Source{right, right, slow}, Warning, "doctor.address.clock_theirs"},
		{"we are slow", []Source{fast, fast, right}, Warning, "doctor.address.clock_ours"},
		{"nobody tells", []Source{silent}, Skipped, "doctor.address.clock_unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantFound(t, d.CheckClock(t.Context(), test.sources), test.state, test.id)
		})
	}
}
