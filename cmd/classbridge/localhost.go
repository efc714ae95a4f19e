package main

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// isLocalhost reports whether a name is localhost or below it, which browsers
// take for this machine without asking anybody (RFC 6761 §6.3).
func isLocalhost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// dialLocalhost dials as browsers do: most resolvers know localhost, few know
// the names below it.
func dialLocalhost(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil || !isLocalhost(host) {
			return d.DialContext(ctx, network, address)
		}
		conn, err := d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			return conn, nil
		}
		conn, err6 := d.DialContext(ctx, network, net.JoinHostPort("::1", port))
		if err6 != nil {
			return nil, fmt.Errorf("%w; %w", err, err6)
		}
		return conn, nil
	}
}
