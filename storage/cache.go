package storage

import (
	"sync"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/lti"
)

const (
	cacheAge  = 500 * time.Millisecond // a change made beside us is seen within a second
	cacheSize = 1024                   // entries of one kind
)

// caches hold what each launch or call reads and hardly ever changes. What they
// answer is shared by all callers, who must not change it.
type caches struct {
	tenants     *cache[classroom.Tenant]
	platforms   *cache[classroom.Platform]
	issuers     *cache[[]lti.Platform]
	deployments *cache[found[classroom.Deployment]]
	servers     *cache[[]classroom.Server]
	server      *cache[classroom.Server]
	chats       *cache[found[classroom.ChatConnection]]

	retentions   *cache[found[classroom.Retention]]
	maintenances *cache[found[classroom.Maintenance]]
	quota        *cache[found[classroom.Quota]]
	brandings    *cache[found[admin.Branding]]
}

// found remembers also that there is none.
type found[T any] struct {
	value T
	ok    bool
}

func newCaches(now func() time.Time) caches {
	return caches{
		tenants:     newCache[classroom.Tenant](now),
		platforms:   newCache[classroom.Platform](now),
		issuers:     newCache[[]lti.Platform](now),
		deployments: newCache[found[classroom.Deployment]](now),
		servers:     newCache[[]classroom.Server](now),
		server:      newCache[classroom.Server](now),
		chats:       newCache[found[classroom.ChatConnection]](now),

		retentions:   newCache[found[classroom.Retention]](now),
		maintenances: newCache[found[classroom.Maintenance]](now),
		quota:        newCache[found[classroom.Quota]](now),
		brandings:    newCache[found[admin.Branding]](now),
	}
}

// drop forgets everything: something of it was written.
func (c caches) drop() {
	c.tenants.drop()
	c.platforms.drop()
	c.issuers.drop()
	c.deployments.drop()
	c.servers.drop()
	c.server.drop()
	c.chats.drop()
	c.retentions.drop()
	c.maintenances.drop()
	c.quota.drop()
	c.brandings.drop()
}

// cache remembers values for cacheAge.
type cache[T any] struct {
	now     func() time.Time
	mu      sync.Mutex
	entries map[string]cached[T]
	drops   int
}

type cached[T any] struct {
	value T
	at    time.Time // before it was read
}

func newCache[T any](now func() time.Time) *cache[T] {
	return &cache[T]{now: now, entries: map[string]cached[T]{}}
}

// get answers what is remembered, or what read answers; errors are not remembered.
func (c *cache[T]) get(key string, read func() (T, error)) (T, error) {
	at := c.now()
	c.mu.Lock()
	e, ok := c.entries[key]
	drops := c.drops
	c.mu.Unlock()
	// The absolute value: a clock that was set back must not make it last.
	if ok && at.Sub(e.at).Abs() < cacheAge {
		return e.value, nil
	}
	value, err := read()
	if err == nil {
		c.put(key, cached[T]{value, at}, drops)
	}
	return value, err
}

// remembered answers what a Find… reads, from the cache.
func remembered[T any](c *cache[found[T]], key string, read func() (T, bool, error)) (T, bool, error) {
	f, err := c.get(key, func() (found[T], error) {
		value, ok, err := read()
		return found[T]{value, ok}, err
	})
	return f.value, f.ok, err
}

// put remembers what was read unless something was written since the reading began.
func (c *cache[T]) put(key string, e cached[T], drops int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if drops != c.drops {
		return
	}
	if len(c.entries) >= cacheSize {
		clear(c.entries)
	}
	c.entries[key] = e
}

func (c *cache[T]) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	clear(c.entries)
}
