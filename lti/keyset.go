package lti

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"net/url"
	"sync"
	"time"
)

// source is an address and with which client it may be asked.
type source struct {
	url        string
	onPremises bool
}

func (s source) check() error {
	if _, err := url.Parse(s.url); err != nil {
		return err
	}
	if !webAddress(s.url, s.onPremises) {
		return errors.New("must be https, or http for a platform on premises")
	}
	return nil
}

// keySet is what we know of one address.
type keySet struct {
	source

	mu       sync.Mutex
	latest   view
	asked    time.Time     // when the last fetch began
	inFlight chan struct{} // closed when the running fetch ends; nil without one
}

// view is one state of a keySet; it is never changed.
type view struct {
	keys   map[string]*rsa.PublicKey // nil: never loaded
	loaded time.Time
	ttl    time.Duration
	err    error // why the newest fetch failed; the keys are older then
}

func (v view) fresh(now time.Time) bool { return v.keys != nil && now.Sub(v.loaded) < v.ttl }

func (s *keySet) view() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest
}

// renew fetches the set unless that was done within the cooldown. Whoever comes
// while a fetch is running waits for that one, as long as its own context allows;
// the fetch belongs to all of them and outlives whoever began it.
func (k *Keys) renew(ctx context.Context, s *keySet) (view, error) {
	s.mu.Lock()
	if s.inFlight == nil {
		if !s.asked.IsZero() && k.now().Sub(s.asked) < cmp.Or(k.Cooldown, defaultCooldown) {
			defer s.mu.Unlock()
			return s.latest, nil
		}
		s.asked, s.inFlight = k.now(), make(chan struct{})
		go k.load(context.WithoutCancel(ctx), s)
	}
	done := s.inFlight
	s.mu.Unlock()

	select {
	case <-done:
		return s.view(), nil
	case <-ctx.Done():
		return view{}, ctx.Err()
	}
}

func (k *Keys) load(ctx context.Context, s *keySet) {
	got, err := k.fetch(ctx, s.source)

	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.latest = got
	} else {
		s.latest.err = err
		if s.latest.keys != nil {
			k.logger().Warn("platform keys could not be renewed, the last ones stay in use", "url", s.url, "err", err)
		}
	}
	close(s.inFlight)
	s.inFlight = nil
}
