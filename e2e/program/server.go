package program

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serveOn answers on a port of loopback until the test ends.
func serveOn(t testing.TB, port int, handler http.Handler) {
	t.Helper()
	l, err := net.Listen("tcp4", loopback(port))
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: discard()}
	go s.Serve(l)
	t.Cleanup(func() { _ = s.Close() })
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// sub is the address of a site of its own below localhost, which browsers take
// to be this machine.
func sub(name string, port int) string { return "http://" + name + ".localhost:" + strconv.Itoa(port) }

// passTo is a proxy to a fixed address, which leaves the request as it is.
func passTo(address string) *httputil.ReverseProxy {
	target := &url.URL{Scheme: "http", Host: strings.TrimPrefix(address, "http://")}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		FlushInterval: -1,
		ErrorHandler:  badGateway,
		ErrorLog:      discard(),
	}
}

// badGateway is what people see while the program is down.
func badGateway(w http.ResponseWriter, _ *http.Request, _ error) {
	http.Error(w, "502 Bad Gateway", http.StatusBadGateway)
}

// Transport finds *.localhost as browsers do.
func Transport() *http.Transport {
	var d net.Dialer
	return &http.Transport{
		MaxIdleConnsPerHost: 100,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err == nil && strings.HasSuffix(host, ".localhost") {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			return d.DialContext(ctx, network, address)
		},
	}
}

func discard() *log.Logger { return log.New(io.Discard, "", 0) }
