package notify_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/notify"
)

var message = admin.Message{
	Phase: admin.Raised, Kind: "bbb", Tenant: "A school", Title: "BigBlueButton does not work\r\nBcc: evil@example.org", Text: "no connection",
	Do: "Look at it.", Link: "https://class.example/console/alerts",
}

// dial lets everybody reach everything.
func dial(string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext
}

func now() time.Time { return time.Unix(1_800_000_000, 0) }

func TestWebhook(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		wrong  string
	}{
		{"accepted", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }, ""},
		{"refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, "status 403"},
		{"redirect is not followed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/secret", http.StatusFound) }, "status 302"},
		{"cut off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if got, want := r.Header.Get("X-Classbridge-Signature"), notify.Signature("key", now(), body); got != want {
					t.Errorf("signature %q, want %q", got, want)
				}
				var m admin.Message
				if err := json.Unmarshal(body, &m); err != nil || m.Title != message.Title || m.Phase != admin.Raised {
					t.Errorf("body %s (%v)", body, err)
				}
				test.answer(w, r)
			}))
			defer server.Close()
			s := &notify.Webhook{HTTP: http.DefaultClient, InsideHTTP: http.DefaultClient, UserAgent: "test", Now: now}
			err := s.Send(t.Context(), admin.AlertWay{Kind: admin.ByWebhook, Target: server.URL + "/hooks/canary", Secret: "key"}, message)
			switch {
			case test.wrong == "" && err != nil:
				t.Error(err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("Send = %v, want %q", err, test.wrong)
			case err != nil && strings.Contains(err.Error(), "canary"):
				t.Errorf("the error tells the address: %v", err)
			}
		})
	}
}

// A mail server of a few lines: it notes what it is told, and can demand more
// than it is offered.
type mailServer struct {
	testing.TB
	listener net.Listener
	cert     tls.Certificate
	implicit bool
	startTLS bool
	lines    chan []string
}

func newMailServer(t testing.TB, implicit, startTLS bool) (*mailServer, *tls.Config) {
	t.Helper()
	https := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(https.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	pool := x509.NewCertPool()
	pool.AddCert(https.Certificate())
	m := &mailServer{TB: t, listener: l, cert: https.TLS.Certificates[0], implicit: implicit, startTLS: startTLS, lines: make(chan []string, 1)}
	go m.serve()
	return m, &tls.Config{RootCAs: pool}
}

func (m *mailServer) serve() {
	conn, err := m.listener.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if m.implicit {
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{m.cert}})
	}
	m.lines <- m.talk(conn)
}

func (m *mailServer) talk(conn net.Conn) (heard []string) {
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	in := bufio.NewReader(conn)
	say("220 ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return heard
		}
		line = strings.TrimRight(line, "\r\n")
		heard = append(heard, line)
		switch word, _, _ := strings.Cut(strings.ToUpper(line), " "); word {
		case "EHLO":
			say("250-mail.test")
			if m.startTLS {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{m.cert}})
			in = bufio.NewReader(conn)
			heard, m.startTLS = append(heard, "(encrypted)"), false
		case "AUTH":
			say("235 welcome")
		case "DATA":
			say("354 go on")
			for line != "." {
				if line, err = in.ReadString('\n'); err != nil {
					return heard
				}
				line = strings.TrimRight(line, "\r\n")
				heard = append(heard, line)
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return heard
		default:
			say("250 ok")
		}
	}
}

func (m *mailServer) heard() string {
	m.Helper()
	select {
	case lines := <-m.lines:
		return strings.Join(lines, "\n")
	case <-time.After(10 * time.Second):
		m.Fatal("nobody spoke to the mail server")
		return ""
	}
}

func TestEmail(t *testing.T) {
	for _, encryption := range []string{"none", "starttls", "tls"} {
		t.Run(encryption, func(t *testing.T) {
			server, trust := newMailServer(t, encryption == "tls", encryption == "starttls")
			_, port, _ := net.SplitHostPort(server.listener.Addr().String())
			w := admin.AlertWay{
				Kind: admin.ByEmail, Target: "ops@example.org, Ada <ada@example.org>", Sender: "class@example.org", Server: "127.0.0.1:" + port, Encryption: encryption,
			}
			if encryption != "none" {
				w.Username, w.Secret = "user", "canary"
			}
			err := (&notify.Email{Dial: dial, TLS: trust, Now: now}).Send(t.Context(), w, message)
			if err != nil {
				t.Fatal(err)
			}
			letter := server.heard()
			for _, want := range []string{"<ops@example.org>", "<ada@example.org>", "Subject: Classbridge: BigBlueButton does not work", "Look at it."} {
				if !strings.Contains(letter, want) {
					t.Errorf("the letter has no %q:\n%s", want, letter)
				}
			}
			if headers, _, _ := strings.Cut(letter, "\n\n"); strings.Contains(headers, "\nBcc:") {
				t.Errorf("a title made a header:\n%s", letter)
			}
			if auth := base64.StdEncoding.EncodeToString([]byte("\x00user\x00canary")); encryption != "none" && !strings.Contains(letter, auth) {
				t.Errorf("nobody signed in:\n%s", letter)
			}
			if before, _, found := strings.Cut(letter, "(encrypted)"); encryption == "starttls" && (!found || strings.Contains(before, "AUTH")) {
				t.Errorf("before the encryption:\n%s", before)
			}
		})
	}
}

// A server that offers no encryption gets neither password nor letter.
func TestEmailIsNotDowngraded(t *testing.T) {
	server, trust := newMailServer(t, false, false)
	_, port, _ := net.SplitHostPort(server.listener.Addr().String())
	w := admin.AlertWay{
		Kind: admin.ByEmail, Target: "ops@example.org", Sender: "class@example.org", Server: "127.0.0.1:" + port, Encryption: "starttls", Username: "user", Secret: "canary",
	}
	err := (&notify.Email{Dial: dial, TLS: trust, Now: now}).Send(t.Context(), w, message)
	if err == nil {
		t.Fatal("it was sent in clear")
	}
	if heard := server.heard(); strings.Contains(heard, "AUTH") || strings.Contains(heard, "DATA") {
		t.Errorf("the server heard:\n%s", heard)
	}
}

func TestEmailDoesNotTrustAnybody(t *testing.T) {
	server, _ := newMailServer(t, true, false)
	_, port, _ := net.SplitHostPort(server.listener.Addr().String())
	w := admin.AlertWay{Kind: admin.ByEmail, Target: "ops@example.org", Sender: "class@example.org", Server: "127.0.0.1:" + port, Encryption: "tls"}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := (&notify.Email{Dial: dial, Now: now}).Send(ctx, w, message); err == nil {
		t.Error("a certificate that nobody signed is trusted")
	}
}
