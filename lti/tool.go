package lti

import (
	"cmp"
	"net/url"
	"strings"
	"time"
)

// Tool is this tool, as registered at any number of platforms.
type Tool struct {
	URL       string // public base, as browsers see it
	Platforms Platforms
	Keys      *Keys
	Secret    []byte // signs states and their cookies, at least 32 bytes; the same on every replica
	// Secrets are there instead of Secret where one takes another's place now and
	// then: the first signs, all are good. Asked again, because a state is signed
	// with none of them, it may answer with others, or nil.
	Secrets func(again bool) [][]byte
	Leeway  time.Duration    // how far clocks may disagree; 60 s if zero
	Now     func() time.Time // time.Now if nil
}

const (
	minSecret     = 32
	defaultLeeway = 60 * time.Second
)

// LoginURL is the login initiation URL to register at platforms.
func (t *Tool) LoginURL() string { return strings.TrimSuffix(t.URL, "/") + "/lti/login" }

// RedirectURI is the one redirection URI to register at platforms. It is never
// taken from a request.
func (t *Tool) RedirectURI() string { return strings.TrimSuffix(t.URL, "/") + "/lti/launch" }

func (t *Tool) now() time.Time {
	if t.Now != nil {
		return t.Now()
	}
	return time.Now()
}

// secrets are the secrets that are long enough to be any.
func (t *Tool) secrets(again bool) ([][]byte, error) {
	secrets := [][]byte{t.Secret}
	switch {
	case t.Secrets != nil:
		secrets = t.Secrets(again)
	case again:
		return nil, nil
	}
	for _, s := range secrets {
		if len(s) < minSecret {
			return nil, refuse(PlatformMisconfigured, "the tool's secret has %d bytes", len(s))
		}
	}
	return secrets, nil
}

func (t *Tool) leeway() time.Duration { return cmp.Or(t.Leeway, defaultLeeway) }

// ours reports whether raw is an address of this tool: same scheme, host and port.
func (t *Tool) ours(raw string) bool {
	if clean(raw, maxURL) != raw {
		return false
	}
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	own, err := url.Parse(t.URL)
	return err == nil && u.User == nil && origin(u) == origin(own)
}

// origin is empty for what is not a web address.
func origin(u *url.URL) string {
	port := u.Port()
	switch {
	case u.Scheme == "https" && port == "":
		port = "443"
	case u.Scheme == "http" && port == "":
		port = "80"
	case u.Scheme != "https" && u.Scheme != "http":
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return origin(u)
}
