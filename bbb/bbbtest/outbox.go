package bbbtest

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// callback is one to be made: its requests are tried in order until one is
// accepted, and the whole again after each pause of later.
type callback struct {
	what     string
	due      time.Time
	later    []time.Duration
	requests []func() (*http.Request, error)
	stop     func(status int) bool // an answer that ends the tries; nil: none but 2xx
}

// outbox holds the callbacks that wait and counts those on their way. It has a
// lock of its own, so that a receiver may call the API at once.
type outbox struct {
	mu       sync.Mutex
	idle     *sync.Cond
	client   *http.Client
	waiting  []callback
	underway int
	drop     bool
}

const callbackTimeout = 10 * time.Second

func (o *outbox) init(client *http.Client) {
	o.idle = sync.NewCond(&o.mu)
	own := http.Client{Timeout: callbackTimeout}
	if client != nil {
		own = *client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.client = &own
}

func (o *outbox) setDrop(drop bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop = drop
}

func (o *outbox) add(c callback) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = append(o.waiting, c)
}

// takeDue hands over what is due; with callbacks dropped it is lost.
func (o *outbox) takeDue(now time.Time) []callback {
	o.mu.Lock()
	defer o.mu.Unlock()
	var due, rest []callback
	for _, c := range o.waiting {
		if now.Before(c.due) {
			rest = append(rest, c)
		} else {
			due = append(due, c)
		}
	}
	o.waiting = rest
	if o.drop {
		return nil
	}
	o.underway += len(due)
	return due
}

func (o *outbox) done() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.underway--
	o.idle.Broadcast()
}

func (o *outbox) wait() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.underway > 0 {
		o.idle.Wait()
	}
}

// send starts what is due.
func (s *Server) send() {
	for _, c := range s.outbox.takeDue(s.cfg.Now()) {
		go func() {
			defer s.outbox.done()
			s.deliver(c)
		}()
	}
}

func (s *Server) deliver(c callback) {
	err := s.outbox.try(c)
	if err == nil {
		return
	}
	s.cfg.Logger.Warn("callback not accepted", "callback", c.what, "tries_left", len(c.later))
	if len(c.later) > 0 {
		c.due, c.later = s.cfg.Now().Add(c.later[0]), c.later[1:]
		s.outbox.add(c)
	}
}

var errNotAccepted = errors.New("not accepted")

func (o *outbox) try(c callback) error {
	for _, build := range c.requests {
		status, err := o.request(build)
		if err == nil && status/100 == 2 {
			return nil
		}
		if c.stop != nil && c.stop(status) {
			return nil
		}
	}
	return errNotAccepted
}

func (o *outbox) request(build func() (*http.Request, error)) (status int, err error) {
	req, err := build()
	if err != nil {
		return 0, err
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.CopyN(io.Discard, resp.Body, 64<<10)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return resp.StatusCode, err
}
