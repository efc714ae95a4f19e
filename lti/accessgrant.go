package lti

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxGrants = 4096 // more than an installation has deployments

	// refusalTTL is how long a set of scopes that was refused is not asked for
	// again: each call would first be refused otherwise.
	refusalTTL = 10 * time.Minute
)

// grant is an access token and what it is good for.
type grant struct {
	key     grantKey
	token   string
	scopes  []string // granted, which may be fewer than were asked for
	since   time.Time
	renew   time.Time
	expires time.Time
	guessed bool // the platform did not say when
}

// doubtful reports a token that a 403 may mean: OpenOlat answers so where others
// say 401, and does not tell how long tokens last. A new one is beyond doubt, so
// that what is forbidden costs no token each time.
func (g *grant) doubtful(now time.Time) bool { return g.guessed && now.Sub(g.since) > time.Minute }

func (g *grant) permits(needs []string) bool { return len(intersect(needs, g.scopes)) > 0 }

// grantKey tells apart what no token may be shared between: an admin who
// corrects a registration gets a new one.
type grantKey struct {
	platform, clientID, tokenURL, audience string
	deployment                             string
	scopes                                 string // sorted
}

func (a Access) grantKey(scopes []string) grantKey {
	return grantKey{
		a.Platform.ID, a.Platform.ClientID, a.Platform.TokenURL, a.Platform.Audience,
		a.DeploymentID, strings.Join(slices.Sorted(slices.Values(scopes)), " "),
	}
}

// grants are the tokens that we hold, in memory only: they are quickly made
// anew, and a database full of them would be worth stealing.
type grants struct {
	mu      sync.Mutex
	entries map[grantKey]*grantEntry
}

// grantEntry is what is known of a key; the lock of grants guards it.
type grantEntry struct {
	current      *grant
	running      *grantRequest
	refused      error // invalid_scope, while it is not asked again
	refusedUntil time.Time
}

// grantRequest is a request for a token that any number of calls wait for.
type grantRequest struct {
	done  chan struct{} // closed when the others are set
	grant *grant
	err   error
}

// grant finds a token that permits the request.
func (s *Services) grant(ctx context.Context, r request) (*grant, error) {
	err := r.insufficient("the launch did not offer it")
	for _, scopes := range r.scopeSets() {
		var g *grant
		if g, err = s.token(ctx, r.access, scopes); err == nil {
			if !g.permits(r.needs) {
				return nil, r.insufficient("the token was granted without it")
			}
			return g, nil
		}
		if !scopesRefused(err) {
			break
		}
	}
	return nil, err
}

func (r request) insufficient(why string) error {
	return &ServiceError{
		Service: r.service, Platform: r.access.Platform.ID, Host: host(r.url), Code: CodeInsufficientScope,
		Err: errors.New(why + ": " + strings.Join(r.needs, " or ")),
	}
}

// token returns the token for a set of scopes, and asks for one if need be.
// Whoever comes while that is under way waits for it, as long as its own context
// allows; the request belongs to all of them and outlives whoever began it.
func (s *Services) token(ctx context.Context, a Access, scopes []string) (*grant, error) {
	g, running, err := s.grants.find(a.grantKey(scopes), s.now(), func(e *grantEntry, req *grantRequest) {
		go s.obtain(context.WithoutCancel(ctx), e, req, a, scopes)
	})
	if running == nil {
		return g, err
	}
	select {
	case <-running.done:
		return running.grant, running.err
	case <-ctx.Done():
		return nil, &ServiceError{Service: ServiceToken, Platform: a.Platform.ID, Host: host(a.Platform.TokenURL), Err: ctx.Err()}
	}
}

// find returns a token that is good, or a refusal that still holds, or the
// request to wait for, which it begins if there is none.
func (c *grants) find(k grantKey, now time.Time, begin func(*grantEntry, *grantRequest)) (*grant, *grantRequest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(k, now)
	switch {
	case e.current != nil && now.Before(e.current.renew):
		return e.current, nil, nil
	case e.refused != nil && now.Before(e.refusedUntil):
		return nil, nil, e.refused
	case e.running == nil:
		e.running = &grantRequest{done: make(chan struct{})}
		begin(e, e.running)
	}
	return nil, e.running, nil
}

// entry finds or makes the entry of a key; the number of them is bounded.
func (c *grants) entry(k grantKey, now time.Time) *grantEntry {
	if e := c.entries[k]; e != nil {
		return e
	}
	if len(c.entries) >= maxGrants {
		c.shrink(now)
	}
	if c.entries == nil {
		c.entries = make(map[grantKey]*grantEntry)
	}
	e := &grantEntry{}
	c.entries[k] = e
	return e
}

// shrink forgets what is of no use any more, and everything if that is too little.
func (c *grants) shrink(now time.Time) {
	for k, e := range c.entries {
		if e.running == nil && (e.current == nil || !now.Before(e.current.expires)) {
			delete(c.entries, k)
		}
	}
	if len(c.entries) >= maxGrants {
		clear(c.entries) // each is back with its next call
	}
}

// obtain ends a grantRequest.
func (s *Services) obtain(ctx context.Context, e *grantEntry, req *grantRequest, a Access, scopes []string) {
	g, err := s.askToken(ctx, a, scopes)

	s.grants.mu.Lock()
	defer s.grants.mu.Unlock()
	switch {
	case err == nil:
		e.current, e.refused = g, nil
	case temporary(err) && e.current != nil && s.now().Before(e.current.expires):
		s.logger().Warn("access token could not be renewed, the last one stays in use", "platform", a.Platform.ID, "err", err)
		g, err = e.current, nil
	case scopesRefused(err) && len(scopes) > 1:
		e.refused, e.refusedUntil = err, s.now().Add(refusalTTL)
	}
	req.grant, req.err, e.running = g, err, nil
	close(req.done)
}

// drop forgets a token that the platform refuses, unless it was replaced already.
func (c *grants) drop(g *grant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[g.key]; e != nil && e.current == g {
		e.current = nil
	}
}
