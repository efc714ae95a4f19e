package main

import (
	"context"
	"sync"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"
)

// keyCommands are about the tool's own keys.
type keyCommands struct {
	List keyList `cmd:"" help:"List the signing keys; platforms see the public halves at /lti/jwks."`
}

type keyList struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownKey is what may be printed of a key: never its private half.
type shownKey struct {
	KID     string    `json:"kid"`
	State   string    `json:"state"`
	Created time.Time `json:"created"`
}

// Run implements the command.
func (c keyList) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		keys, err := s.ToolKeys(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		shown, rows := []shownKey{}, [][]string{}
		for _, k := range keys {
			shown = append(shown, shownKey{k.ID, string(k.State), k.CreatedAt})
			rows = append(rows, []string{k.ID, string(k.State), k.CreatedAt.Format(time.DateTime)})
		}
		if c.JSON {
			return p.printJSON(shown)
		}
		p.printTable("KID STATE CREATED", rows)
		return nil
	})
}

// keysAge is how old the published key set may be: a command beside us may have
// changed it.
const keysAge = time.Second

// toolKeys publishes the public halves of the tool's keys.
type toolKeys struct {
	store *store
	now   func() time.Time

	mu  sync.Mutex
	set []byte
	at  time.Time
}

// needToolKey makes the first key of an installation.
func (s *store) needToolKey(ctx context.Context, now time.Time) error {
	keys, err := s.ToolKeys(ctx, classroom.DefaultTenant)
	if err != nil || len(keys) > 0 {
		return err
	}
	k, err := lti.GenerateToolKey()
	if err != nil {
		return err
	}
	private, err := k.MarshalPEM()
	if err != nil {
		return err
	}
	return s.CreateToolKey(ctx, storage.ToolKey{
		ID: k.KID, TenantID: classroom.DefaultTenant, State: storage.KeyCurrent,
		Private: private, Public: lti.JWKS([]lti.PublicKey{k.Public()}), CreatedAt: now, UpdatedAt: now,
	})
}

// jwks is web.Config.Keys.
func (t *toolKeys) jwks(ctx context.Context) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.set != nil && t.now().Sub(t.at) < keysAge {
		return t.set, nil
	}
	stored, err := t.store.ToolKeys(ctx, classroom.DefaultTenant)
	if err != nil {
		return nil, err
	}
	var public []lti.PublicKey
	for _, k := range stored {
		parsed, err := lti.ParseToolKey(k.Private)
		if err != nil {
			return nil, err
		}
		public = append(public, parsed.Public())
	}
	t.set, t.at = lti.JWKS(public), t.now()
	return t.set, nil
}
