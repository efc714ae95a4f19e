package bbb

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// A call that failed circuitTrips times in a row is not tried for circuitRest;
// then one caller tries it for all. Kept for each call apart: getRecordings is
// the first to time out on an old server, and joining must go on.
const (
	circuitTrips = 5
	circuitRest  = 10 * time.Second
)

type circuits struct {
	mu    sync.Mutex
	calls map[string]*circuit
}

type circuit struct {
	failures int
	restTill time.Time
}

// allow reports whether the call may be tried now. Who is let through after the
// rest pushes it on for the others.
func (c *circuits) allow(call string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	state := c.calls[call]
	if state == nil || state.failures < circuitTrips {
		return true
	}
	if now.Before(state.restTill) {
		return false
	}
	state.restTill = now.Add(circuitRest)
	return true
}

// record counts. Only silence and nonsense count: a server that refuses is there.
func (c *circuits) record(call string, failed bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !failed {
		delete(c.calls, call)
		return
	}
	if c.calls == nil {
		c.calls = map[string]*circuit{}
	}
	state := c.calls[call]
	if state == nil {
		state = &circuit{}
		c.calls[call] = state
	}
	state.failures++
	state.restTill = now.Add(circuitRest)
}

// FailingCall is a call that the server has not answered lately.
type FailingCall struct {
	Call     string
	Failures int  // in a row
	Resting  bool // it is not tried for some seconds
}

// Failing lists the calls that fail at the moment, by name, as this client has
// met them.
func (c *Client) Failing() []FailingCall { return c.circuits.failing(c.now()) }

func (c *circuits) failing(now time.Time) []FailingCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []FailingCall
	for _, call := range slices.Sorted(maps.Keys(c.calls)) {
		state := c.calls[call]
		list = append(list, FailingCall{call, state.failures, state.failures >= circuitTrips && now.Before(state.restTill)})
	}
	return list
}
