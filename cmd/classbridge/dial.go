package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"classbridge/classroom"

	"code.dny.dev/ssrf"
	"golang.org/x/net/http/httpproxy"
)

// clients are the three ways out. What an LMS's registration names is asked for
// from the inside of the school's network, so each knows where it may go. The
// address is checked when it is dialled: after the name was resolved, and again
// for each redirect.
type clients struct {
	public     *http.Client // platforms: public addresses alone
	onPremises *http.Client // platforms registered with --on-premises: private addresses too
	own        *http.Client // the operator's own BigBlueButton and Mattermost
	others     *http.Client // those of schools that may not look around inside
	// inside and outside dial what an admin named, as own and others do.
	inside, outside dial
}

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

// of answers the way to a tenant's own servers.
func (c clients) of(r classroom.Reach) func(tenantID string) *http.Client {
	return func(tenantID string) *http.Client {
		if r.Inside(tenantID) {
			return c.own
		}
		return c.others
	}
}

// dialOf answers how a tenant's own servers are dialled.
func (c clients) dialOf(r classroom.Reach) func(tenantID string) dial {
	return func(tenantID string) dial {
		if r.Inside(tenantID) {
			return c.inside
		}
		return c.outside
	}
}

func newClients(env map[string]string) clients {
	proxy := newProxy(env)
	public, inside := publicGuard(), insideGuard()
	return clients{
		public:     &http.Client{Transport: transport(public, proxy), CheckRedirect: onlyTLS},
		onPremises: &http.Client{Transport: transport(inside, proxyConfig{})},
		own:        &http.Client{Transport: transport(inside, proxy)},
		others:     &http.Client{Transport: transport(public, proxy)},
		inside:     dialLocalhost(&net.Dialer{Timeout: 5 * time.Second, Control: inside}),
		outside:    dialLocalhost(&net.Dialer{Timeout: 5 * time.Second, Control: public}),
	}
}

// guard is net.Dialer.Control: it sees the address that is really dialled.
type guard = func(network, address string, _ syscall.RawConn) error

func transport(allow guard, proxy proxyConfig) *http.Transport {
	guarded := dialLocalhost(&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second, Control: allow})
	toProxy := dialLocalhost(&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second})
	return &http.Transport{
		Proxy: proxy.forRequest,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if slices.Contains(proxy.addresses, address) {
				return toProxy(ctx, network, address) // the operator chose it: it decides where it goes on to
			}
			return guarded(ctx, network, address)
		},
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// onlyTLS refuses to be led from https to http.
func onlyTLS(r *http.Request, via []*http.Request) error {
	if r.URL.Scheme != "https" {
		return errors.New("redirected to an address without https")
	}
	if len(via) >= 3 {
		return errors.New("redirected too often")
	}
	return nil
}

// private are the ranges that a school's own servers live in: RFC 1918, RFC
// 6598 (carrier-grade and overlay networks), loopback, RFC 4193.
func private() (v4, v6 []netip.Prefix) {
	v4 = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"),
	}
	v6 = []netip.Prefix{netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7")}
	return v4, v6
}

// metadata are the services by which clouds hand credentials to their machines
// that are not link-local, as the others are.
func metadata() []netip.Addr {
	return []netip.Addr{
		netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
		netip.MustParseAddr("168.63.129.16"),   // Azure's host, at a public address
		netip.MustParseAddr("fd00:ec2::254"),   // Amazon EC2
		netip.MustParseAddr("fd20:ce::254"),    // Google Cloud
	}
}

// publicGuard allows public addresses only.
func publicGuard() guard { return guardOf(ssrf.New(ssrf.WithAnyPort())) }

// insideGuard allows public and private addresses, never link-local, metadata,
// multicast or reserved ones.
func insideGuard() guard {
	v4, v6 := private()
	return guardOf(ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...)))
}

func guardOf(allowed *ssrf.Guardian) guard {
	forbidden := metadata()
	return func(_, address string, _ syscall.RawConn) error {
		target, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial %s: %w", address, err)
		}
		ip := target.Addr().Unmap().WithZone("")
		if slices.Contains(forbidden, ip) {
			return fmt.Errorf("%w: %s hands out credentials", ssrf.ErrProhibitedIP, ip)
		}
		return allowed.SafeAddr(ip)
	}
}

// proxyConfig is HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
type proxyConfig struct {
	find      func(*url.URL) (*url.URL, error)
	addresses []string // of the proxies themselves, host:port
}

func newProxy(env map[string]string) proxyConfig {
	first := func(names ...string) string {
		for _, n := range names {
			if env[n] != "" {
				return env[n]
			}
		}
		return ""
	}
	c := httpproxy.Config{
		HTTPProxy:  first("HTTP_PROXY", "http_proxy"),
		HTTPSProxy: first("HTTPS_PROXY", "https_proxy"),
		NoProxy:    first("NO_PROXY", "no_proxy"),
	}
	p := proxyConfig{find: c.ProxyFunc()}
	for _, scheme := range []string{"http", "https"} {
		if u, err := p.find(&url.URL{Scheme: scheme, Host: "proxied.invalid"}); err == nil && u != nil {
			p.addresses = append(p.addresses, hostPort(u))
		}
	}
	return p
}

func (p proxyConfig) forRequest(r *http.Request) (*url.URL, error) {
	if p.find == nil || isLocalhost(r.URL.Hostname()) {
		return nil, nil
	}
	return p.find(r.URL)
}

// hostPort is the address as http.Transport dials it.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
