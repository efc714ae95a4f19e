package main

import (
	"context"
	"fmt"
	"time"

	"classbridge/classroom"
)

// keyCommands are about the tool's own keys.
type keyCommands struct {
	List   keyList   `cmd:"" help:"List the signing keys; platforms see the public halves at /lti/jwks."`
	Rotate keyRotate `cmd:"" help:"Let the next key sign from now on; the one that signed stays published for a week. It happens by itself every 90 days."`
	Retire keyRetire `cmd:"" help:"Withdraw a key that does not sign, at once and for good."`
}

type keyList struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownKey is what may be printed of a key: never its private half.
type shownKey struct {
	KID     string    `json:"kid"`
	State   string    `json:"state"`
	Since   time.Time `json:"since"`
	Created time.Time `json:"created"`
}

// Run implements the command.
func (c keyList) Run(ctx context.Context, p *program) error {
	return p.withKeys(ctx, func(s *store, _ *classroom.Keyring) error { return c.list(ctx, p, s) })
}

func (c keyList) list(ctx context.Context, p *program, s *store) error {
	keys, err := s.ToolKeys(ctx, classroom.DefaultTenant)
	if err != nil {
		return err
	}
	shown, rows := []shownKey{}, [][]string{}
	for _, k := range keys {
		shown = append(shown, shownKey{k.ID, string(k.State), k.UpdatedAt, k.CreatedAt})
		rows = append(rows, []string{k.ID, string(k.State), k.UpdatedAt.Format(time.DateTime), k.CreatedAt.Format(time.DateTime)})
	}
	if c.JSON {
		return p.printJSON(shown)
	}
	p.printTable("KID STATE SINCE CREATED", rows)
	return nil
}

type keyRotate struct {
	Now  bool `name:"now" help:"Also if the next key was published less than a day ago, as when a key has leaked: some platforms refuse our requests until they read the key set again."`
	JSON bool `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c keyRotate) Run(ctx context.Context, p *program) error {
	return p.withKeys(ctx, func(s *store, keys *classroom.Keyring) error {
		err := keys.Rotate(ctx, c.Now)
		if classroom.Is(err, classroom.Conflict) {
			return fmt.Errorf("%w: platforms may not know it yet; wait for a day, or use --now", err)
		}
		if err != nil {
			return err
		}
		return keyList{JSON: c.JSON}.list(ctx, p, s)
	})
}

type keyRetire struct {
	KID  string `arg:"" name:"kid" help:"The key, as listed."`
	JSON bool   `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c keyRetire) Run(ctx context.Context, p *program) error {
	return p.withKeys(ctx, func(s *store, keys *classroom.Keyring) error {
		err := keys.Retire(ctx, c.KID)
		switch {
		case classroom.Is(err, classroom.NotFound):
			return fmt.Errorf("there is no key %s: classbridge key list", c.KID)
		case classroom.Is(err, classroom.Conflict):
			return fmt.Errorf("key %s signs: let the next one sign first, classbridge key rotate", c.KID)
		case err != nil:
			return err
		}
		return keyList{JSON: c.JSON}.list(ctx, p, s)
	})
}

func (p *program) withKeys(ctx context.Context, use func(*store, *classroom.Keyring) error) error {
	return p.onStore(ctx, func(s *store) error {
		return use(s, &classroom.Keyring{Store: s, Now: p.now})
	})
}
