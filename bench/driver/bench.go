//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"classbridge/bbb/bbbtest"
)

// bench is one run: the platform, a BigBlueButton, and the tools between them.
type bench struct {
	cfg      config
	platform *platform
	bbb      string // address of the stand-in
	postgres *postgres
	dir      string // what the servers write
	servers  []*server
	tools    []*tool
	closers  []func()
}

const bbbSecret = "bench"

// newBench starts everything; nothing is left running if it fails.
func newBench(ctx context.Context, cfg config) (*bench, error) {
	b := &bench{cfg: cfg}
	if err := b.prepare(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) prepare(ctx context.Context) error {
	var err error
	if b.dir, err = os.MkdirTemp("", "classbridge-bench-"); err != nil {
		return err
	}
	b.closers = append(b.closers, func() { _ = os.RemoveAll(b.dir) })
	if b.postgres, err = findPostgres(ctx, b.cfg.postgres); err != nil {
		return err
	}
	if b.platform, err = newPlatform(""); err != nil {
		return err
	}
	if b.platform.issuer, err = b.listen(b.platform); err != nil {
		return err
	}
	stand := bbbtest.New(bbbtest.Config{Secrets: []string{bbbSecret}})
	if b.bbb, err = b.listen(stand); err != nil {
		return err
	}
	return b.startTools(ctx)
}

// listen serves h on a free port of loopback and returns its address.
func (b *bench) listen(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: requestTimeout}
	go func() { _ = s.Serve(l) }()
	b.closers = append(b.closers, func() { _ = s.Close() })
	return "http://" + l.Addr().String(), nil
}

func (b *bench) startTools(ctx context.Context) error {
	for _, set := range []struct {
		name string
		up   func(context.Context) error
	}{{"floor", b.addFloor}, {"classbridge", b.addClassbridge}, {"ltijs", b.addLTIJS}} {
		if !b.cfg.has(set.name) {
			continue
		}
		if err := set.up(ctx); err != nil {
			return fmt.Errorf("%s: %w", set.name, err)
		}
	}
	return nil
}

// close stops everything, the last first.
func (b *bench) close() {
	for i := range b.servers {
		b.servers[len(b.servers)-1-i].stop()
	}
	for i := range b.closers {
		b.closers[len(b.closers)-1-i]()
	}
}

// measure does all measurements, the launches first.
func (b *bench) measure(ctx context.Context) (*results, error) {
	r := &results{tools: b.tools, launches: map[load][]sample{}, rounds: b.cfg.rounds}
	for _, t := range b.tools {
		if _, err := b.launches(ctx, t, 8, 2*people); err != nil {
			return nil, fmt.Errorf("%s, warming up: %w", t.name, err)
		}
		if t.hasRooms {
			if err := b.startMeetings(ctx, t); err != nil {
				return nil, fmt.Errorf("%s, starting meetings: %w", t.name, err)
			}
		}
	}
	for i := range b.cfg.rounds {
		b.progress("round %d of %d", i+1, b.cfg.rounds)
		if err := b.round(ctx, r); err != nil {
			return nil, err
		}
	}
	for _, s := range b.servers {
		rss, err := residentMemory(s.pid())
		if err != nil {
			return nil, err
		}
		s.loaded = rss
	}
	b.progress("starts and idle")
	return r, b.starts(ctx)
}

// round measures each tool once at each load.
func (b *bench) round(ctx context.Context, r *results) error {
	for _, browsers := range loads {
		for _, t := range b.tools {
			s, err := b.launches(ctx, t, browsers, t.batch(browsers))
			if err != nil {
				return fmt.Errorf("%s, %d browsers: %w", t.name, browsers, err)
			}
			at := load{t.name, browsers}
			r.launches[at] = append(r.launches[at], s)
		}
	}
	for _, t := range b.tools {
		if !t.hasRooms {
			continue
		}
		s, err := b.joins(ctx, t)
		if err != nil {
			return fmt.Errorf("%s, joins: %w", t.name, err)
		}
		r.joins = append(r.joins, s)
	}
	return nil
}

// progress goes to standard error, so that standard output is the table alone.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, strings.TrimSpace(format)+"\n", args...)
}

// starts measures how fast each server is there again, and what it takes when nothing happens.
func (b *bench) starts(ctx context.Context) error {
	for range b.cfg.rounds {
		for _, s := range b.servers {
			s.stop()
			if err := s.start(ctx); err != nil {
				return err
			}
			s.startTimes = append(s.startTimes, s.readyAfter)
		}
	}
	for _, s := range b.servers {
		if err := s.beginIdle(); err != nil {
			return err
		}
	}
	select {
	case <-time.After(idleTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, s := range b.servers {
		if err := s.measureIdle(); err != nil {
			return err
		}
	}
	return nil
}
