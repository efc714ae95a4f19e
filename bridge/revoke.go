package bridge

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

const (
	// revokeTime is how long we try to get rid of a person's token. The person waits.
	revokeTime = 10 * time.Second
	// revokePause is the first pause between two tries; each is twice the one before.
	revokePause = 250 * time.Millisecond
)

// revoke ends the session of the token, trying again while the server is busy or
// does not work. ctx must not end with the request.
func (b *Bridge) revoke(ctx context.Context, own *server) {
	ctx, cancel := context.WithTimeout(ctx, revokeTime)
	defer cancel()
	for pause := revokePause; ; pause *= 2 {
		err := own.logout(ctx)
		if err == nil {
			return
		}
		if !passing(err) || !wait(ctx, max(pause, busyFor(err))) {
			b.Log.WarnContext(ctx, "a person's chat token could not be revoked", "err", err)
			return
		}
	}
}

// logout ends the session that the server is spoken to with. One that has ended
// already, as after an answer that was lost, is what is wanted.
func (s *server) logout(ctx context.Context) error {
	_, err := do(ctx, s, "revoke token", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := s.api.Logout(ctx)
		return struct{}{}, resp, err
	})
	if errors.Is(err, ErrToken) {
		return nil
	}
	return err
}

// passing reports whether the failure may go away by itself.
func passing(err error) bool {
	var e *Error
	return !errors.As(err, &e) || e.Status == 0 || e.Status >= http.StatusInternalServerError
}

func busyFor(err error) time.Duration {
	var busy *classroom.BusyError
	if errors.As(err, &busy) {
		return busy.Wait
	}
	return 0
}

// wait reports whether the time has passed, and not ctx ended first. It does not
// begin to wait for what ctx will not live to see.
func wait(ctx context.Context, d time.Duration) bool {
	if until, ok := ctx.Deadline(); ok && time.Until(until) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
