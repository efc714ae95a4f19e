package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/bbb"
)

// TestServer makes a signed call to a server, and notes how it did. A
// *bbb.TestError says what is wrong.
func (c *Classroom) TestServer(ctx context.Context, tenantID, id string) (Server, error) {
	s, err := c.Store.TenantServer(ctx, tenantID, id)
	if err != nil {
		return s, err
	}
	pool := s.Pool
	h, failed := c.tryServer(ctx, &s)
	if err := c.noteHealth(ctx, s, h); err != nil {
		return s, errors.Join(failed, err)
	}
	if s.Pool != pool && failed == nil {
		return s, c.Store.SaveServer(ctx, s)
	}
	return s, failed
}

// CheckServer is TestServer for whoever looks often: it asks nothing but whether
// the server works.
func (c *Classroom) CheckServer(ctx context.Context, s Server) error {
	h, failed := c.askServer(ctx, s)
	return errors.Join(failed, c.noteHealth(ctx, s, h))
}

// tryServer finds out whether a server works, and what it is.
func (c *Classroom) tryServer(ctx context.Context, s *Server) (ServerHealth, error) {
	h, err := c.askServer(ctx, *s)
	if err != nil {
		return h, err
	}
	client := c.BBB(*s)
	if pool, err := client.Pooled(ctx); err == nil {
		s.Pool = pool
	}
	h.Version, _ = client.Version(ctx) // as a rule it does not tell
	return h, nil
}

// askServer makes the signed call, and says how that went.
func (c *Classroom) askServer(ctx context.Context, s Server) (ServerHealth, error) {
	began := time.Now()
	err := c.BBB(s).Test(ctx)
	h := ServerHealth{TriedAt: c.Now()}
	var failed *bbb.TestError
	switch {
	case err == nil:
		h.AnsweredAt, h.Millis = h.TriedAt, max(1, time.Since(began).Milliseconds())
	case errors.As(err, &failed):
		h.Finding = string(failed.Finding)
	default:
		return h, fmt.Errorf("test server: %w", err)
	}
	return h, err
}

// noteHealth keeps what the last good answer told, and counts what failed since.
func (c *Classroom) noteHealth(ctx context.Context, s Server, h ServerHealth) error {
	if h.TriedAt.IsZero() {
		return nil
	}
	known, err := c.Store.ServerHealths(ctx, s.TenantID)
	if err != nil {
		return fmt.Errorf("health of server %s: %w", s.ID, err)
	}
	was := known[s.ID]
	h.ServerID, h.TenantID = s.ID, s.TenantID
	if h.Version == "" {
		h.Version = was.Version
	}
	if h.Finding != "" {
		h.Failures, h.AnsweredAt, h.Millis = was.Failures+1, was.AnsweredAt, was.Millis
	}
	return c.Store.SaveServerHealth(ctx, h)
}

// ServerView is a server with how it does.
type ServerView struct {
	Server
	Health  ServerHealth
	Failing []bbb.FailingCall // as this process has met them
}

// ServerViews lists the tenant's servers, disabled ones too, oldest first.
func (c *Classroom) ServerViews(ctx context.Context, tenantID string) ([]ServerView, error) {
	servers, err := c.Store.ListServers(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	health, err := c.Store.ServerHealths(ctx, tenantID)
	views := make([]ServerView, len(servers))
	for i, s := range servers {
		views[i] = ServerView{s, health[s.ID], c.BBB(s).Failing()}
	}
	return views, err
}
