//go:build linux

package main

import (
	"context"
	"os"
	"slices"
	"time"
)

// loads are the numbers of browsers that come at once.
var loads = []int{1, 8}

// sample is one measurement of one tool.
type sample struct {
	rate     float64       // per second
	p50, p99 time.Duration // in requests to the tool
	tool     time.Duration // CPU of the tool's process, for each
	postgres time.Duration // CPU of PostgreSQL, for each
	busy     float64       // share of its core that the driver used
}

// launches measures n launches by so many browsers.
func (b *bench) launches(ctx context.Context, t *tool, browsers, n int) (sample, error) {
	all := make([]launch, n)
	for i := range all {
		all[i].person = learner(i)
	}
	m := meter{bench: b, tool: t}
	err := b.enterAll(ctx, &m, t, browsers, all, func(l *launch) { l.page = "" })
	if err != nil {
		return sample{}, err
	}
	took := make([]time.Duration, n)
	for i := range all {
		took[i] = all[i].took
	}
	return m.sample(took), nil
}

// enterAll takes everybody to their page, with the clock running but for the
// signatures. done is told of each.
func (b *bench) enterAll(ctx context.Context, m *meter, t *tool, browsers int, all []launch, done func(*launch)) error {
	err := m.run(func() (time.Duration, error) {
		return stage(ctx, t.host, browsers, len(all), func(c *conn, i int) error {
			return t.login(c, b.platform, &all[i])
		})
	})
	if err != nil {
		return err
	}
	now := time.Now()
	for i := range all {
		if err := b.platform.sign(t, &all[i], now); err != nil {
			return err
		}
	}
	return m.run(func() (time.Duration, error) {
		return stage(ctx, t.host, browsers, len(all), func(c *conn, i int) error {
			err := t.enter(c, &all[i])
			done(&all[i])
			return err
		})
	})
}

// meter adds up what was used while it ran.
type meter struct {
	bench *bench
	tool  *tool
	wall  time.Duration
	used  usage
}

// usage is CPU time by who used it.
type usage struct{ tool, postgres, driver time.Duration }

func (m *meter) run(work func() (time.Duration, error)) error {
	before, err := m.read()
	if err != nil {
		return err
	}
	wall, err := work()
	if err != nil {
		return err
	}
	after, err := m.read()
	m.wall += wall
	m.used.tool += after.tool - before.tool
	m.used.postgres += after.postgres - before.postgres
	m.used.driver += after.driver - before.driver
	return err
}

func (m *meter) read() (u usage, err error) {
	if u.tool, err = cpuTime(m.tool.server.pid()); err != nil {
		return u, err
	}
	if u.driver, err = cpuTime(os.Getpid()); err != nil {
		return u, err
	}
	u.postgres, err = m.bench.postgres.cpuTime()
	return u, err
}

// sample is what was measured, for each of those that took so long.
func (m *meter) sample(took []time.Duration) sample {
	slices.Sort(took)
	n := time.Duration(len(took))
	return sample{
		rate:     float64(n) / m.wall.Seconds(),
		p50:      took[len(took)/2],
		p99:      took[len(took)*99/100],
		tool:     m.used.tool / n,
		postgres: m.used.postgres / n,
		busy:     float64(m.used.driver) / float64(m.wall),
	}
}
