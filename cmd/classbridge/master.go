package main

import (
	"context"
	"fmt"
	"time"

	"classbridge/storage/vault"
)

// masterCommands are about the key that every stored secret is sealed with, and
// everything handed out is signed with. Several may be in use: the first seals
// and signs, all open.
type masterCommands struct {
	Status masterStatus `cmd:"" help:"Which keys there are, what each is still needed for, and when an old one may go."`
	Rotate masterRotate `cmd:"" help:"Make a new key the current one; what the old one sealed and signed stays good."`
	Reseal masterReseal `cmd:"" help:"Seal everything in the database with the current key, beside running servers."`
	Retire masterRetire `cmd:"" help:"Take an old key away that nothing needs any more."`
	Lost   masterLost   `cmd:"" help:"Go on without a key that is lost: the secrets that it sealed have to be typed in again."`
}

type masterRotate struct{}

// Run implements the command.
func (masterRotate) Run(ctx context.Context, p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	path := c.keyFile()
	if path == "" {
		return fmt.Errorf(`the master key is in the variable %[1]sMASTER_KEY, which only you can change:
  1. make a key:  openssl rand -base64 32
  2. on all servers, one after another, set %[1]sMASTER_KEY to OLD,NEW and restart
  3. on all servers, one after another, set it to NEW,OLD and restart
  4. classbridge master reseal; later, as classbridge master status says, take OLD away`, prefix)
	}
	// The database is opened first: a key that is not its own is not to be put before others.
	return p.withStore(ctx, c, func(s *store) error {
		id, err := vault.Rotate(path)
		if err != nil {
			return fmt.Errorf("%w\nwhere the file cannot be replaced from here, put the line of a new key (openssl rand -base64 32) before the others in it, without moving the file", err)
		}
		if err := s.NoteMasterKey(ctx, id, p.now()); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "master key %s is the current one; servers that use %s go over to it within a second\n", id, path)
		fmt.Fprintln(p.out, "next: classbridge master reseal, and keep a copy of the file")
		return nil
	})
}

type masterReseal struct {
	JSON bool `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c masterReseal) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		done, err := s.Reseal(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return p.printJSON(map[string]any{"key": s.keys.IDs()[0], "resealed": done.Rows, "unopenable": done.Unopenable})
		}
		fmt.Fprintf(p.out, "%d texts were sealed anew with master key %s\n", done.Rows, s.keys.IDs()[0])
		if done.Unopenable > 0 {
			fmt.Fprintf(p.out, "%d are sealed with a key that is not at hand: classbridge master status\n", done.Unopenable)
		}
		return nil
	})
}

type masterRetire struct {
	Key string `arg:"" help:"Id of the key, as status shows it."`
	Now bool   `name:"now" help:"Although it is still needed, as when it has leaked: who is signed in has to launch again."`
}

// Run implements the command.
func (c masterRetire) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	path := cfg.keyFile()
	if path == "" {
		return fmt.Errorf("the master keys are in the variable %sMASTER_KEY: take the old one out of it, and restart the servers one after another", prefix)
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		keys, err := s.masterKeysInUse(ctx, p.now())
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.ID == c.Key && !k.Spare && (!c.Now || k.Sealed > 0) {
				return fmt.Errorf("master key %s is still needed: %s", k.ID, k.Needed)
			}
		}
		if err := vault.Retire(path, c.Key); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "master key %s is no more in %s; backups that it seals need a copy of it\n", c.Key, path)
		return nil
	})
}

type masterLost struct {
	Yes bool `name:"yes" help:"Do not ask."`
}

// Run implements the command.
func (c masterLost) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	release, err := cfg.claim()
	if err != nil {
		return err
	}
	defer release()
	if !c.Yes {
		answer, err := p.terminal().ask(`Everything stays but what the lost key has sealed or signed:
  - the secrets of BigBlueButton and Mattermost, and others that were typed in, have to be typed in again
  - the keys that LMSs know this tool by are made anew; LMSs fetch them by themselves
  - everybody has to come in from the LMS again; a class that runs goes on for who is inside
Is the key really lost? Type lost: `)
		if err != nil {
			return err
		}
		if answer != "lost" {
			return fmt.Errorf("nothing was changed")
		}
	}
	if err := p.forgetSecrets(ctx, cfg); err != nil {
		return err
	}
	return p.withStore(ctx, cfg, func(*store) error {
		fmt.Fprintln(p.out, "the installation works again; restart all servers, then type the secrets in (README: Connect BigBlueButton, Connect Mattermost)")
		return nil
	})
}

// forgetSecrets lets go of what no key at hand opens.
func (p *program) forgetSecrets(ctx context.Context, c config) error {
	return p.asItIs(ctx, c, func(s *store) error {
		if err := s.unattended(ctx); err != nil {
			return err
		}
		done, err := s.ForgetUnopenable(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s: %d secrets that no master key at hand opens were let go of\n", p.now().UTC().Format(time.DateTime), done.Rows)
		return nil
	})
}
