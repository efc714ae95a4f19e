package lti

import (
	"cmp"
	"context"
	"crypto/rsa"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Keys fetches and remembers the key sets of platforms. A key that is known and
// fresh costs no I/O; whatever happens, an address is asked at most once per
// Cooldown, however many launches come.
//
// The clients decide where connections may go. HTTP is for public platforms,
// OnPremisesHTTP for those registered so.
type Keys struct {
	HTTP           *http.Client
	OnPremisesHTTP *http.Client
	UserAgent      string        // some platforms refuse requests without one; "Classbridge" if empty
	TTL            time.Duration // how long a set is fresh if the platform does not say; 1 h if zero
	Cooldown       time.Duration // between two fetches of an address; 30 s if zero
	Stale          time.Duration // how long a set is used while its address does not answer; 24 h if zero
	Timeout        time.Duration // of a fetch; 5 s if zero
	Now            func() time.Time
	Logger         *slog.Logger

	mu   sync.Mutex
	sets map[source]*keySet
}

const (
	defaultTTL      = time.Hour
	defaultCooldown = 30 * time.Second
	defaultStale    = 24 * time.Hour
	defaultTimeout  = 5 * time.Second

	maxSets = 4096 // more addresses than an installation has platforms
)

// Key returns the key with which the platform signs under this kid. An unknown
// kid makes it look again, which is how a platform's new keys are learned.
// Its errors are *Error: KIDUnknown, or KeysUnavailable, also when ctx ends first.
func (k *Keys) Key(ctx context.Context, p Platform, kid string) (*rsa.PublicKey, error) {
	set, err := k.set(source{p.JWKSURL, p.OnPremises})
	if err != nil {
		return nil, of(p.ID, err)
	}
	view := set.view()
	if key := view.keys[kid]; key != nil && view.fresh(k.now()) {
		return key, nil
	}
	view, err = k.renew(ctx, set)
	if err != nil {
		return nil, of(p.ID, refuse(KeysUnavailable, "%w", err))
	}
	return k.choose(view, p, kid)
}

// choose takes the key from what there is now: also from an old set while the
// platform does not answer, so that a class can begin.
func (k *Keys) choose(v view, p Platform, kid string) (*rsa.PublicKey, error) {
	usable := v.keys != nil && (v.fresh(k.now()) || k.now().Sub(v.loaded) < cmp.Or(k.Stale, defaultStale))
	if key := v.keys[kid]; key != nil && usable {
		return key, nil
	}
	if v.err != nil {
		return nil, of(p.ID, refuse(KeysUnavailable, "key set of %s: %w", p.JWKSURL, v.err))
	}
	return nil, of(p.ID, refuse(KIDUnknown, "kid %s is not among the %d keys of %s", shown(kid), len(v.keys), p.JWKSURL))
}

// Prefetch loads the key set of a platform that is being registered, so that an
// admin learns now, and not a class tomorrow, that its address is wrong.
func (k *Keys) Prefetch(ctx context.Context, jwksURL string, onPremises bool) error {
	set, err := k.set(source{jwksURL, onPremises})
	if err != nil {
		return err
	}
	view, err := k.renew(ctx, set)
	if err == nil {
		err = view.err
	}
	switch {
	case err != nil:
		return refuse(KeysUnavailable, "key set of %s: %w", jwksURL, err)
	case len(view.keys) == 0:
		return refuse(KeysUnavailable, "key set of %s has no key that may sign launches", jwksURL)
	}
	return nil
}

// set finds or makes the entry of an address; the number of them is bounded.
func (k *Keys) set(src source) (*keySet, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sets[src]; s != nil {
		return s, nil
	}
	if err := src.check(); err != nil {
		return nil, refuse(PlatformMisconfigured, "key set address %s: %w", shown(src.url), err)
	}
	if len(k.sets) >= maxSets {
		clear(k.sets) // every platform in use is back with its next launch
	}
	if k.sets == nil {
		k.sets = make(map[source]*keySet)
	}
	s := &keySet{source: src}
	k.sets[src] = s
	return s, nil
}

func (k *Keys) now() time.Time {
	if k.Now != nil {
		return k.Now()
	}
	return time.Now()
}

func (k *Keys) logger() *slog.Logger {
	if k.Logger != nil {
		return k.Logger
	}
	return slog.New(slog.DiscardHandler)
}
