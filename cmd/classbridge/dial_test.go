package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"classbridge/classroom"

	"code.dny.dev/ssrf"
)

func TestInsideGuard(t *testing.T) {
	allow := insideGuard()
	for address, want := range map[string]bool{
		"93.184.215.14:443":       true,
		"10.1.2.3:443":            true,
		"172.16.0.1:8080":         true,
		"192.168.1.1:80":          true,
		"100.64.0.1:80":           true,
		"127.0.0.1:8065":          true,
		"[::1]:8065":              true,
		"[fd12::1]:443":           true,
		"[2606:4700::1]:443":      true,
		"[::ffff:10.0.0.1]:443":   true,
		"169.254.169.254:80":      false,
		"169.254.1.1:80":          false,
		"[::ffff:169.254.1.1]:80": false,
		"[fe80::1]:80":            false,
		"[fe80::1%eth0]:80":       false,
		"[fd00:ec2::254]:80":      false,
		"[fd20:ce::254]:80":       false,
		"100.100.100.200:80":      false,
		"168.63.129.16:80":        false,
		"192.0.0.192:80":          false,
		"0.0.0.0:80":              false,
		"[::]:80":                 false,
		"224.0.0.1:80":            false,
		"[ff02::1]:80":            false,
		"255.255.255.255:80":      false,
		"example.org:80":          false,
	} {
		if err := allow("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
}

// What platforms name is not let inside, whichever way it is named.
func TestPublicClientStaysOutside(t *testing.T) {
	inside := httptest.NewServer(http.NotFoundHandler())
	defer inside.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(inside.URL, "http://"), ":")
	out := newClients(nil)
	for _, host := range []string{"127.0.0.1", "localhost", "keys.localhost"} {
		_, err := out.public.Get("http://" + host + ":" + port)
		if !errors.Is(err, ssrf.ErrProhibitedIP) {
			t.Errorf("public client to %s: %v, want %v", host, err, ssrf.ErrProhibitedIP)
		}
		for name, client := range map[string]*http.Client{"onPremises": out.onPremises, "own": out.own} {
			answer, err := client.Get("http://" + host + ":" + port)
			if err != nil {
				t.Errorf("%s client to %s: %v", name, host, err)
				continue
			}
			answer.Body.Close()
		}
	}
}

// A school's own servers are inside only where the operator lets them be.
func TestClientsOfATenant(t *testing.T) {
	inside := httptest.NewServer(http.NotFoundHandler())
	defer inside.Close()
	out, reach := newClients(nil), classroom.Reach{"trusted"}
	for tenant, want := range map[string]bool{classroom.DefaultTenant: true, "trusted": true, "other": false} {
		answer, err := out.of(reach)(tenant).Get(inside.URL)
		if err == nil {
			answer.Body.Close()
		}
		if want != (err == nil) || !want && !errors.Is(err, ssrf.ErrProhibitedIP) {
			t.Errorf("tenant %s: %v", tenant, err)
		}
		conn, err := out.dialOf(reach)(tenant)(t.Context(), "tcp", strings.TrimPrefix(inside.URL, "http://"))
		if err == nil {
			conn.Close()
		}
		if want != (err == nil) || !want && !errors.Is(err, ssrf.ErrProhibitedIP) {
			t.Errorf("dialled for tenant %s: %v", tenant, err)
		}
	}
}

// An address behind a redirect is dialled by the same rules.
func TestClientsCheckRedirects(t *testing.T) {
	led := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/latest/meta-data/", http.StatusFound))
	defer led.Close()
	out := newClients(nil)
	for name, client := range map[string]*http.Client{"onPremises": out.onPremises, "own": out.own} {
		if _, err := client.Get(led.URL); !errors.Is(err, ssrf.ErrProhibitedIP) {
			t.Errorf("%s client followed a redirect to a metadata service: %v", name, err)
		}
	}
	request := httptest.NewRequest(http.MethodGet, "http://public.example/", nil)
	if out.public.CheckRedirect(request, nil) == nil {
		t.Error("the public client may be led from https to http")
	}
}

func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Through", r.URL.String())
	}))
	defer proxy.Close()
	direct := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer direct.Close()
	port := direct.URL[strings.LastIndex(direct.URL, ":"):]
	out := newClients(map[string]string{"HTTP_PROXY": proxy.URL, "NO_PROXY": "inside.example"})
	for _, test := range []struct {
		client *http.Client
		url    string
		want   string
	}{
		{out.public, "http://keys.example/jwks", "http://keys.example/jwks"}, // a proxy on loopback is the operator's choice
		{out.own, "http://bbb.example/api", "http://bbb.example/api"},
		{out.own, "http://bbb.localhost" + port + "/api", ""},
		{out.onPremises, "http://lms.localhost" + port + "/jwks", ""},
	} {
		answer, err := test.client.Get(test.url)
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		answer.Body.Close()
		if got := answer.Header.Get("Through"); got != test.want {
			t.Errorf("%s went through %q, want %q", test.url, got, test.want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "tool.localhost": true, "LOCALHOST.": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"notlocalhost": false, "localhost.example.org": false, "10.0.0.1": false, "": false,
	} {
		if got := isLoopback(host); got != want {
			t.Errorf("isLoopback(%q) = %v", host, got)
		}
	}
}

// Some of what hands out credentials answers at a public address.
func TestPublicGuardForbidsMetadata(t *testing.T) {
	allow := publicGuard()
	for address, want := range map[string]bool{"93.184.215.14:443": true, "168.63.129.16:80": false, "10.1.2.3:443": false} {
		if err := allow("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
}
