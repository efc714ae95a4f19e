//go:build linux

package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// stage does act for each of n, by so many browsers at once, each with its own
// connection, and says how long it took. The first error ends it.
func stage(ctx context.Context, host string, browsers, n int, act func(c *conn, i int) error) (time.Duration, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	conns := make([]*conn, browsers)
	for i := range conns {
		c, err := dial(ctx, host)
		if err != nil {
			return 0, err
		}
		defer c.close()
		conns[i] = c
	}
	started := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for _, c := range conns {
		all.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := act(c, i); err != nil {
					stop(err)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(started)
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return 0, err
	}
	return took, ctx.Err()
}
