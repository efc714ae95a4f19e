package bridge

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"classbridge/classroom"
)

const (
	// answerLimit is the longest answer that is read: a page of 200 posts of
	// the greatest length fits.
	answerLimit = 32 << 20
	// reserve is how many calls are left to others at our address when we slow
	// down: Mattermost counts by remote address unless told otherwise.
	reserve = 20
	// longestPause and longestBusy bound what a header can make us wait.
	longestPause = 2 * time.Second
	longestBusy  = 5 * time.Minute
	// longestQueue is how long a call waits for its turn before it is told to
	// come again.
	longestQueue = callTime / 3
)

var errTooLong = errors.New("the answer is too long")

// transport keeps the pace that the server asks for, turns its 429 into a
// *classroom.BusyError and bounds what is read.
type transport struct {
	base http.RoundTripper
	now  func() time.Time

	mu        sync.Mutex
	busyUntil time.Time
	pause     time.Duration // between calls, while few are left
	next      time.Time     // when the next call may go

	limit, remaining int       // as the server told last
	refusedAt        time.Time // last 429
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	wait, err := t.turn()
	if err == nil {
		err = sleep(r, wait)
	}
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := t.note(resp); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	resp.Body = &limited{body: resp.Body, left: answerLimit}
	return resp, nil
}

// turn answers how long the call has to wait for its turn.
func (t *transport) turn() (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if now.Before(t.busyUntil) {
		return 0, &classroom.BusyError{Wait: t.busyUntil.Sub(now)}
	}
	if t.next.Before(now) {
		t.next = now
	}
	wait := t.next.Sub(now)
	if wait > longestQueue {
		return 0, &classroom.BusyError{Wait: wait}
	}
	t.next = t.next.Add(t.pause)
	return wait, nil
}

// note reads the budget that the server tells with every answer while its rate
// limit is on. What was used comes back evenly until Reset.
func (t *transport) note(resp *http.Response) error {
	limit, remaining, reset := number(resp, "X-Ratelimit-Limit"), number(resp, "X-Ratelimit-Remaining"), number(resp, "X-Ratelimit-Reset")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limit, t.remaining = limit, remaining
	if resp.StatusCode == http.StatusTooManyRequests {
		t.refusedAt = t.now()
		wait := time.Duration(max(number(resp, "Retry-After"), 1)) * time.Second
		wait = min(wait, longestBusy)
		t.busyUntil = t.now().Add(wait)
		return &classroom.BusyError{Wait: wait}
	}
	t.pause = 0
	if used := limit - remaining; used > 0 && remaining < reserve {
		t.pause = min(time.Duration(reset)*time.Second/time.Duration(used), longestPause)
	}
	return nil
}

func number(resp *http.Response, header string) int {
	n, err := strconv.Atoi(resp.Header.Get(header))
	if err != nil || n < 0 || n > 1e6 {
		return 0
	}
	return n
}

func sleep(r *http.Request, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

type limited struct {
	body io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	n, err := l.body.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

func (l *limited) Close() error { return l.body.Close() }
