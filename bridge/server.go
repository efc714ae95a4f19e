package bridge

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// callTime is how long one call may take. Mattermost's own client would wait for ever.
const callTime = 15 * time.Second

// server is one Mattermost server, spoken to with one token.
type server struct {
	api     *model.Client4
	observe func(call, result string, d time.Duration)
	now     func() time.Time
	seen    *seen
}

func newServer(url string, h *http.Client, now func() time.Time, observe func(string, string, time.Duration)) *server {
	api := model.NewAPIv4Client(strings.TrimRight(url, "/"))
	pace := &transport{base: baseTransport(h), now: now}
	api.HTTPClient = &http.Client{
		Transport: pace,
		// A redirect would carry the token on to wherever it leads.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if observe == nil {
		observe = func(string, string, time.Duration) {}
	}
	return &server{api: api, observe: observe, now: now, seen: &seen{pace: pace}}
}

func baseTransport(h *http.Client) http.RoundTripper {
	if h == nil || h.Transport == nil {
		return http.DefaultTransport
	}
	return h.Transport
}

// as returns the same server, with the same pace, spoken to with another token.
func (s *server) as(token string) *server {
	api := model.NewAPIv4Client(s.api.URL)
	api.HTTPClient = s.api.HTTPClient
	api.SetToken(token)
	return &server{api: api, observe: s.observe, now: s.now, seen: s.seen}
}

// do makes one call in its time, measures it and names its failure.
func do[T any](ctx context.Context, s *server, name string, f func(context.Context) (T, *model.Response, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	start := s.now()
	v, resp, err := f(ctx)
	err = failure(name, resp, err)
	s.observe(name, resultOf(err), s.now().Sub(start))
	s.seen.note(name, err, s.now())
	return v, err
}

// call makes a call of the client that takes one argument; call2 two, call3 three.
func call[A, T any](ctx context.Context, s *server, name string, f func(context.Context, A) (T, *model.Response, error), a A) (T, error) {
	return do(ctx, s, name, func(ctx context.Context) (T, *model.Response, error) { return f(ctx, a) })
}

func call2[A, B, T any](ctx context.Context, s *server, name string, f func(context.Context, A, B) (T, *model.Response, error), a A, b B) (T, error) {
	return do(ctx, s, name, func(ctx context.Context) (T, *model.Response, error) { return f(ctx, a, b) })
}

func call3[A, B, C, T any](ctx context.Context, s *server, name string, f func(context.Context, A, B, C) (T, *model.Response, error), a A, b B, c C) (T, error) {
	return do(ctx, s, name, func(ctx context.Context) (T, *model.Response, error) { return f(ctx, a, b, c) })
}
