package bbb_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"classbridge/bbb"
)

// A signed address must not be carried to a host that nobody registered.
func TestRedirectsRefused(t *testing.T) {
	var leaked atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		leaked.Add(1)
		w.Write([]byte(okReply))
	}))
	defer other.Close()
	port := other.URL[strings.LastIndex(other.URL, ":"):]
	for name, to := range map[string]string{
		"other host":          "http://localhost" + port,
		"other port":          other.URL,
		"other host with TLS": "https://localhost" + port,
		"not a web address":   "ftp://127.0.0.1" + port,
	} {
		c, tries := scripted(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, to+r.URL.String(), http.StatusFound)
		})
		_, err := c.IsRunning(t.Context(), "m-1")
		if !hasReason(err, bbb.Redirected) || bbb.Unavailable(err) || tries.Load() != 1 {
			t.Errorf("%s: %v after %d tries", name, err, tries.Load())
		}
		noSecretIn(t, err)
	}
	if leaked.Load() != 0 {
		t.Errorf("%d signed calls went elsewhere", leaked.Load())
	}
}

func TestRedirectToTLSFollowed(t *testing.T) {
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("again") != "" {
			http.Redirect(w, r, "/bigbluebutton/api/isMeetingRunning", http.StatusFound)
			return
		}
		w.Write([]byte(okReply))
	}))
	defer secure.Close()
	for extra, want := range map[string]bbb.Reason{"": "", "&again=1": bbb.Redirected} {
		plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, secure.URL+r.URL.String()+extra, http.StatusMovedPermanently)
		}))
		c := &bbb.Client{URL: plain.URL, Secrets: []string{secret}, HTTP: secure.Client()}
		running, err := c.IsRunning(t.Context(), "m-1")
		if want == "" && (err != nil || !running) || want != "" && !hasReason(err, want) {
			t.Errorf("redirect %q: %v, %v", extra, running, err)
		}
		plain.Close()
	}
}

func TestSelfSigned(t *testing.T) {
	secure := httptest.NewTLSServer(answer(200, okReply))
	secure.Config.ErrorLog = nil
	defer secure.Close()
	c := &bbb.Client{URL: secure.URL, Secrets: []string{secret}}
	if err := c.Test(t.Context()); findingOf(err) != bbb.BadCertificate {
		t.Errorf("got %v", err)
	}
}
