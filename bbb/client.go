package bbb

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Client calls one BigBlueButton server or pool. Only URL and Secrets are
// needed. It is safe for concurrent use; its fields must not change after the
// first call, and it must not be copied.
type Client struct {
	URL     string   // see Endpoint for what is understood
	Secrets []string // the first signs; all of them verify, so that they can be rotated
	Hash    Hash     // zero: SHA256

	HTTP        *http.Client     // nil: one of its own. Its redirect policy and cookies are not used
	Timeout     time.Duration    // of a whole call, retries included; zero: 15 s. create may take twice as long
	Concurrency int              // parallel calls; zero: 8. Lists have a lane of their own, two wide
	Now         func() time.Time // nil: time.Now

	// Observe is told of each call when it ends, for metrics; nil: nobody is. The
	// result is "ok", "refused", "unavailable", "canceled" or "failed".
	Observe func(call, result string, took time.Duration)

	once sync.Once
	setup
}

// setup is what is made of the fields at the first call.
type setup struct {
	base     string
	err      error // the fields make no sense; every call returns it
	client   *http.Client
	lane     chan struct{}
	lists    chan struct{} // a server that takes minutes to list must not hold up a class that starts
	circuits circuits
}

const (
	defaultTimeout     = 15 * time.Second
	defaultConcurrency = 8
	listConcurrency    = 2
	connectTimeout     = 5 * time.Second
)

func (c *Client) ready() error {
	c.once.Do(func() {
		c.base, c.err = Endpoint(c.URL)
		if c.err == nil {
			c.err = c.check()
		}
		c.client = c.httpClient()
		width := c.Concurrency
		if width <= 0 {
			width = defaultConcurrency
		}
		c.lane = make(chan struct{}, width)
		c.lists = make(chan struct{}, listConcurrency)
	})
	return c.err
}

// check refuses to sign with an empty secret: such a server has its security
// switched off, and a checksum made with it means nothing.
func (c *Client) check() error {
	if len(c.Secrets) == 0 || c.Secrets[0] == "" {
		return fmt.Errorf("no secret for the BigBlueButton server %s", c.base)
	}
	if c.Hash.new() == nil {
		return fmt.Errorf("unknown hash %q: sha256, sha512 or sha1", string(c.Hash))
	}
	return nil
}

func (c *Client) httpClient() *http.Client {
	own := &http.Client{CheckRedirect: onlyToTLS}
	if c.HTTP != nil {
		own.Transport, own.Timeout = c.HTTP.Transport, c.HTTP.Timeout
		return own
	}
	own.Transport = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   defaultConcurrency,
		IdleConnTimeout:       90 * time.Second,
		ResponseHeaderTimeout: 2 * defaultTimeout,
	}
	return own
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return defaultTimeout
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// String leaves the secrets out, for %v.
func (c *Client) String() string {
	return fmt.Sprintf("bbb.Client{URL: %q, Hash: %s, Secrets: %d}", c.URL, c.Hash.or256(), len(c.Secrets))
}

// GoString leaves the secrets out, for %#v.
func (c *Client) GoString() string { return "&" + c.String() }

// LogValue leaves the secrets out, for slog.
func (c *Client) LogValue() slog.Value {
	return slog.GroupValue(slog.String("url", c.URL), slog.String("hash", string(c.Hash.or256())))
}
