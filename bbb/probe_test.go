package bbb_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

func findingOf(err error) bbb.Finding {
	var e *bbb.TestError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Finding
}

// nameless is a client in a world where no name resolves.
func nameless() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "bbb.example", IsNotFound: true}
		},
	}}
}

func TestTest(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, p := range []struct {
		name   string
		server bbbtest.Config
		spoil  func(*bbb.Client, *bbbtest.Server)
		want   bbb.Finding
		hash   bbb.Hash
	}{
		{"good", bbbtest.Config{}, func(*bbb.Client, *bbbtest.Server) {}, "", ""},
		{"wrong secret", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.Secrets = []string{"wrong"} }, bbb.WrongSecret, ""},
		{"blanks", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.Secrets = []string{" " + secret + "\n"} }, bbb.SecretHasBlanks, ""},
		{"old first", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.Secrets = []string{"old", secret} }, bbb.OldSecret, ""},
		{"sha1 only", bbbtest.Config{Hashes: []string{"sha1"}}, func(*bbb.Client, *bbbtest.Server) {}, bbb.HashRefused, bbb.SHA1},
		{"no sha1", bbbtest.Config{Hashes: []string{"sha256", "sha512"}}, func(c *bbb.Client, _ *bbbtest.Server) { c.Hash = bbb.SHA1 }, bbb.HashRefused, bbb.SHA256},
		{"path", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.URL += "/bbb/" }, bbb.WrongPath, ""},
		{"down", bbbtest.Config{}, func(_ *bbb.Client, s *bbbtest.Server) { s.SetOutage(bbbtest.ProxyError) }, bbb.OutOfOrder, ""},
		{"pool without servers", bbbtest.Config{}, func(_ *bbb.Client, s *bbbtest.Server) { s.FailNext("isMeetingRunning", "internalError") }, bbb.OutOfOrder, ""},
		{"hangs up", bbbtest.Config{}, func(_ *bbb.Client, s *bbbtest.Server) { s.SetOutage(bbbtest.HangUp) }, bbb.NoConnection, ""},
		{"nobody", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.URL = gone.URL }, bbb.NoConnection, ""},
		{"no such name", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.HTTP = nameless() }, bbb.HostUnknown, ""},
		{"no address", bbbtest.Config{}, func(c *bbb.Client, _ *bbbtest.Server) { c.URL = "bbb" }, bbb.BadSettings, ""},
	} {
		t.Run(p.name, func(t *testing.T) {
			c, fake := newFake(t, p.server)
			p.spoil(c, fake)
			err := c.Test(t.Context())
			if (err == nil) != (p.want == "") || findingOf(err) != p.want {
				t.Fatalf("got %v, want %q", err, p.want)
			}
			var e *bbb.TestError
			if errors.As(err, &e) && e.Hash != p.hash {
				t.Errorf("hash %q, want %q", e.Hash, p.hash)
			}
		})
	}
}

func TestPooled(t *testing.T) {
	for _, pool := range []bool{true, false} {
		c, _ := newFake(t, bbbtest.Config{Scalelite: pool})
		if got, err := c.Pooled(t.Context()); got != pool || err != nil {
			t.Errorf("Pooled = %t, %v, want %t", got, err, pool)
		}
	}
}
