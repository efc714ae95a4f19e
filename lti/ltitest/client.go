package ltitest

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"
)

const callTimeout = 10 * time.Second

// newClient calls the tool. Names below localhost are the loopback's, as browsers
// have it and not every resolver (RFC 6761 §6.3).
func newClient() *http.Client {
	dialer := &net.Dialer{Timeout: callTimeout}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
			address = net.JoinHostPort("localhost", port)
		}
		return dialer.DialContext(ctx, network, address)
	}}
	return &http.Client{Transport: transport, Timeout: callTimeout}
}
