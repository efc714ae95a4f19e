package lti

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxKeySet    = 1 << 20 // Brightspace's has more than 64 KiB
	maxRedirects = 3
	minTTL       = time.Minute
	maxTTL       = 24 * time.Hour

	// uncachedTTL is for sets that forbid caching: Brightspace's does, at every
	// launch, and its keys change hourly. New keys are found by their unknown
	// kid; this bounds how long a withdrawn one lives.
	uncachedTTL = 10 * time.Minute
)

func (k *Keys) fetch(ctx context.Context, src source) (view, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(k.Timeout, defaultTimeout))
	defer cancel()
	answer, err := k.get(ctx, src)
	if err != nil {
		return view{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return view{}, &statusRefused{answer.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxKeySet+1))
	if err != nil {
		return view{}, err
	}
	if len(body) > maxKeySet {
		return view{}, fmt.Errorf("more than %d bytes", maxKeySet)
	}
	keys, skipped, err := parseKeySet(body)
	if err != nil {
		return view{}, &notKeys{page: bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")), err: err}
	}
	if len(skipped) > 0 {
		k.logger().Info("platform keys that cannot sign launches were left out", "url", src.url, "err", errors.Join(skipped...))
	}
	ttl := lifetime(answer.Header.Get("Cache-Control"), cmp.Or(k.TTL, defaultTTL))
	return view{keys: keys, loaded: k.now(), ttl: ttl}, nil
}

func (k *Keys) get(ctx context.Context, src source) (*http.Response, error) {
	client := k.HTTP
	if src.onPremises {
		client = k.OnPremisesHTTP
	}
	if client == nil {
		return nil, errors.New("no HTTP client for this kind of platform")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, src.url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", cmp.Or(k.UserAgent, "Classbridge"))
	homebound := *client
	homebound.CheckRedirect = stayHome(client.CheckRedirect)
	return homebound.Do(req)
}

// stayHome follows redirects within one origin only: the address of the keys is
// what an admin has trusted.
func stayHome(also func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return errors.New("too many redirects")
		}
		if origin(req.URL) != origin(via[0].URL) {
			return fmt.Errorf("redirect to another place, %s", shown(req.URL.Host))
		}
		if also != nil {
			return also(req, via)
		}
		return nil
	}
}

// lifetime is what Cache-Control asks for, within reason.
func lifetime(control string, usual time.Duration) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(control), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-store", "no-cache":
			return min(usual, uncachedTTL)
		case "max-age":
			seconds, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32)
			if err != nil {
				continue
			}
			usual = min(max(time.Duration(seconds)*time.Second, minTTL), maxTTL)
		}
	}
	return usual
}
