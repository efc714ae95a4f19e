package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// serveCommand runs the program until it is told to stop.
type serveCommand struct{}

// Run implements the command.
func (serveCommand) Run(ctx context.Context, p *program) error {
	c, err := p.publicConfig()
	if err != nil {
		return err
	}
	log := newLogger(c, p.err)
	release, err := c.claim()
	if err != nil {
		return err
	}
	defer release()
	t, err := p.newTool(ctx, c, log)
	if err != nil {
		return err
	}
	p.collectLess()
	if err = p.greet(ctx, t); err == nil {
		err = t.serve(ctx, c, log)
	}
	return errors.Join(err, t.stop(ctx))
}

// collectLess lets twice as much garbage as what is in use wait for its
// collection: what is in use is a few megabytes, and collecting it is a tenth of
// what a launch costs. GOGC in the environment sets another share.
func (p *program) collectLess() {
	if p.env["GOGC"] == "" {
		debug.SetGCPercent(200)
	}
}

// serve answers until ctx ends, and a little longer to those who had asked before.
func (t *tool) serve(ctx context.Context, c config, log *slog.Logger) error {
	l, err := listen(ctx, prefix+"ADDR", c.Addr)
	if err != nil {
		return err
	}
	stopMetrics, err := t.serveMetrics(ctx, c, log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer stopMetrics()
	log.InfoContext(ctx, "ready", "address", l.Addr().String(), "url", c.URL, "database", c.driver(), "version", currentVersion())
	s := newHTTPServer(t.handler(), log)
	s.RegisterOnShutdown(t.web.Close)
	err = serveUntil(ctx, s, l)
	log.InfoContext(ctx, "stopping")
	return err
}

// serveMetrics answers /metrics on an address of its own, if there is one; it
// stays until the very end, so that the end is seen.
func (t *tool) serveMetrics(ctx context.Context, c config, log *slog.Logger) (stop func(), err error) {
	if c.MetricsAddr == "" {
		return func() {}, nil
	}
	l, err := listen(ctx, prefix+"METRICS_ADDR", c.MetricsAddr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", t.metrics.handler())
	s := newHTTPServer(mux, log)
	go s.Serve(l)
	return func() { s.Close() }, nil
}
