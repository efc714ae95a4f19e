package bridge

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"classbridge/classroom"
)

// failuresKept is how many kinds of failures are remembered.
const failuresKept = 20

// seen is what was seen of a server since this process knows it.
type seen struct {
	pace *transport

	mu       sync.Mutex
	failures []classroom.ChatFailure // the newest first
}

// note remembers a call that should not have failed. That something is not there
// is an answer.
func (s *seen) note(call string, err error, now time.Time) {
	if !remarkable(err) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := classroom.ChatFailure{Call: call, Reason: reason(err), Times: 1, At: now}
	i := slices.IndexFunc(s.failures, func(o classroom.ChatFailure) bool { return o.Call == f.Call && o.Reason == f.Reason })
	if i >= 0 {
		f.Times += s.failures[i].Times
		s.failures = slices.Delete(s.failures, i, i+1)
	}
	s.failures = slices.Insert(s.failures, 0, f)
	s.failures = s.failures[:min(len(s.failures), failuresKept)]
}

func remarkable(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return err != nil && !errors.As(err, new(*classroom.BusyError)) // pace tells of that
	}
	return e.Status == 0 || e.Status >= http.StatusInternalServerError || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

func (s *seen) told() classroom.ChatSeen {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := classroom.ChatSeen{Failures: slices.Clone(s.failures)}
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	v.Limit, v.Remaining, v.BusyAt = s.pace.limit, s.pace.remaining, s.pace.refusedAt
	return v
}

// Seen tells what this process has seen of the tenant's chat since it last changed.
func (b *Bridge) Seen(tenantID string) classroom.ChatSeen {
	b.mu.Lock()
	u := b.bots[tenantID]
	b.mu.Unlock()
	if u == nil {
		return classroom.ChatSeen{}
	}
	return u.seen.told()
}
