package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// How long requests in flight, and then work in hand, may take when we stop:
// together less than what process managers wait before they kill.
const (
	requestGrace = 13 * time.Second
	workGrace    = 6 * time.Second
)

// newHTTPServer bounds what a slow client can hold. There is no limit on writing,
// nor on the whole of reading: a live page is one answer that lasts for hours.
func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           boundBody(h),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // handshakes and hang-ups of strangers
	}
}

// bodyTime is how long a form may take to arrive, and its answer to be made.
const bodyTime = time.Minute

func boundBody(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			// Not every server behind a test can; net/http's can.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
		}
		h.ServeHTTP(w, r)
	})
}

// serveUntil serves until ctx ends or a listener breaks, then stops accepting and
// lets requests in flight finish.
func serveUntil(ctx context.Context, s *http.Server, listeners ...net.Listener) error {
	stopped := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { stopped <- s.Serve(l) }()
	}
	var broken error
	select {
	case <-ctx.Done():
	case broken = <-stopped:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestGrace)
	defer cancel()
	err := s.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close() // whoever still waits has to ask again
	}
	return errors.Join(broken, err)
}

// listen opens the address, telling which variable named it if it cannot.
func listen(ctx context.Context, variable, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, errors.Join(errors.New(variable+" cannot be listened on"), err)
	}
	return l, nil
}
