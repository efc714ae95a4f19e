package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// storedNow is a time that databases keep as it is.
func storedNow() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// Names below localhost lead to this machine, by IPv6 too where nothing listens
// on IPv4.
func TestLocalhostIsDialledByBothFamilies(t *testing.T) {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Log("this machine has no IPv6:", err)
		return
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Listener.Close()
	s.Listener = l
	s.Start()
	defer s.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	answer, err := newClients(nil).own.Get("http://any.name.localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}
