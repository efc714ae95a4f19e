package classroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// EnvironmentServer is the id of the server that the environment gives, and nobody
// else changes.
const EnvironmentServer = "environment"

// Given reports whether the environment gives the server, now.
func (s Server) Given() bool { return s.ID == EnvironmentServer && !s.Disabled }

// ServerWish is what somebody wants of a server.
type ServerWish struct {
	Name    string // empty: its host
	URL     string
	Secret  string // empty: as it is
	Hash    string
	Untried bool // store it without trying it
}

const serverNameLimit = 100

// AddServer connects a server, after it was tried. *InputErrors and a
// *bbb.TestError say why not.
func (c *Classroom) AddServer(ctx context.Context, tenantID string, w ServerWish) (Server, error) {
	read, err := ReadServer(w.URL, w.Secret, w.Hash)
	if err = errors.Join(err, w.checkName()); err != nil {
		return Server{}, err
	}
	now := c.Now()
	s := Server{TenantID: tenantID, CreatedAt: now, UpdatedAt: now}
	s.become(w, read)
	h, err := c.tryWanted(ctx, &s, w)
	if err != nil {
		return Server{}, err
	}
	s.ID = newID()
	if err := c.Store.CreateServer(ctx, s); err != nil {
		return Server{}, fmt.Errorf("add server: %w", err)
	}
	return s, c.noteHealth(ctx, s, h)
}

// ChangeServer changes name, address, secret and hash. A new address needs the
// secret again: what is signed with it goes there.
func (c *Classroom) ChangeServer(ctx context.Context, tenantID, id string, w ServerWish) (was, became Server, err error) {
	if was, err = c.changeable(ctx, tenantID, id); err != nil {
		return was, was, err
	}
	secret := w.Secret
	if secret == "" && strings.TrimSpace(w.URL) == was.URL {
		secret = strings.Join(was.Secrets, "\n")
	}
	read, err := ReadServer(w.URL, secret, w.Hash)
	if err = errors.Join(err, w.checkName()); err != nil {
		return was, was, err
	}
	became = was
	became.become(w, read)
	became.UpdatedAt = c.Now()
	if w.Secret != "" {
		became.OldUntil = time.Time{}
	}
	h, err := c.tryWanted(ctx, &became, w)
	if err != nil {
		return was, was, err
	}
	if err := c.Store.SaveServer(ctx, became); err != nil {
		return was, was, fmt.Errorf("change server: %w", err)
	}
	return was, became, c.noteHealth(ctx, became, h)
}

func (c *Classroom) tryWanted(ctx context.Context, s *Server, w ServerWish) (ServerHealth, error) {
	if w.Untried {
		return ServerHealth{}, nil
	}
	return c.tryChanged(ctx, s)
}

// tryChanged tries a server as it is not stored: nobody may keep its client for
// the server's own.
func (c *Classroom) tryChanged(ctx context.Context, s *Server) (ServerHealth, error) {
	trial := *s
	trial.ID = ""
	h, err := c.tryServer(ctx, &trial)
	s.Pool = trial.Pool
	return h, err
}

func (w ServerWish) checkName() error {
	if utf8.RuneCountInString(w.Name) > serverNameLimit {
		return &InputError{"name", "console.bbb.wrong.name", fmt.Errorf("a name has %d characters at most", serverNameLimit)}
	}
	return nil
}

func (s *Server) become(w ServerWish, read ServerSettings) {
	s.Name, s.URL, s.Secrets, s.Hash = cmp.Or(strings.TrimSpace(w.Name), nameOfHost(read.URL)), read.URL, read.Secrets, read.Hash
}

// nameOfHost is what a server is called that nobody named.
func nameOfHost(address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return address
}

// changeable finds a server that is not the environment's.
func (c *Classroom) changeable(ctx context.Context, tenantID, id string) (Server, error) {
	s, err := c.Store.TenantServer(ctx, tenantID, id)
	if err == nil && s.Given() {
		return s, refuse(Conflict, "console.bbb.error.environment")
	}
	return s, err
}

// How many secrets a server can have, and for how long old ones stay, in days.
const (
	secretsLimit = 4
	oldDaysLimit = 90
)

// RotateSecret lets a new secret sign once the server takes it. The old ones still
// verify callbacks for as many days; 0: until somebody removes them.
func (c *Classroom) RotateSecret(ctx context.Context, tenantID, id, secret string, days int64) (Server, error) {
	s, err := c.changeable(ctx, tenantID, id)
	if err != nil {
		return s, err
	}
	read, err := ReadServer(s.URL, secret, s.Hash)
	if days < 0 || days > oldDaysLimit {
		err = errors.Join(err, wrongNumber("days"))
	}
	if err != nil {
		return s, err
	}
	old := slices.DeleteFunc(slices.Clone(s.Secrets), func(o string) bool { return slices.Contains(read.Secrets, o) })
	if len(old) == 0 {
		return s, &InputError{"secret", "console.bbb.wrong.secret_same", errors.New("this is the secret that signs already")}
	}
	now := c.Now()
	s.Secrets, s.UpdatedAt, s.OldUntil = read.Secrets, now, time.Time{}
	h, err := c.tryChanged(ctx, &s) // by the new ones alone
	if err != nil {
		return s, err
	}
	s.Secrets = append(slices.Clone(read.Secrets), old...)
	s.Secrets = s.Secrets[:min(len(s.Secrets), secretsLimit)]
	if days > 0 {
		s.OldUntil = now.Add(time.Duration(days) * day)
	}
	if err := c.Store.SaveServer(ctx, s); err != nil {
		return s, fmt.Errorf("rotate secret: %w", err)
	}
	return s, c.noteHealth(ctx, s, h)
}

// RetireSecrets forgets all secrets but the one that signs.
func (c *Classroom) RetireSecrets(ctx context.Context, tenantID, id string) (Server, error) {
	s, err := c.changeable(ctx, tenantID, id)
	if err != nil {
		return s, err
	}
	return s, c.retireSecrets(ctx, s)
}

func (c *Classroom) retireSecrets(ctx context.Context, s Server) error {
	s.Secrets, s.OldUntil, s.UpdatedAt = s.Secrets[:1], time.Time{}, c.Now()
	if err := c.Store.SaveServer(ctx, s); err != nil {
		return fmt.Errorf("forget old secrets of server %s: %w", s.ID, err)
	}
	return nil
}

// retireOldSecrets forgets those that have had their time.
func (c *Classroom) retireOldSecrets(ctx context.Context) error {
	due, err := c.Store.ServersToRetire(ctx, c.Now())
	for _, s := range due {
		err = errors.Join(err, c.retireSecrets(ctx, s))
	}
	return err
}

// SwitchServer disables a server, so that no class starts there any more, or
// enables it again.
func (c *Classroom) SwitchServer(ctx context.Context, tenantID, id string, disabled bool) (Server, error) {
	s, err := c.changeable(ctx, tenantID, id)
	if err != nil {
		return s, err
	}
	if s.ID == EnvironmentServer { // its variables have gone
		return s, refuse(Conflict, "console.bbb.error.environment")
	}
	s.Disabled, s.UpdatedAt = disabled, c.Now()
	return s, c.Store.SaveServer(ctx, s)
}

// RemoveServer forgets a server that no class was held on; Conflict otherwise.
func (c *Classroom) RemoveServer(ctx context.Context, tenantID, id string) (Server, error) {
	s, err := c.changeable(ctx, tenantID, id)
	if err != nil {
		return s, err
	}
	err = c.Store.DeleteServer(ctx, tenantID, id)
	if Is(err, Conflict) {
		err = &Error{Code: Conflict, Message: "console.bbb.error.has_meetings", Err: err}
	}
	return s, err
}
