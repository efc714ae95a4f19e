package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"classbridge/classroom"
	"classbridge/jobs"
	"classbridge/storage"
	"classbridge/storage/vault"
)

// store is the open database with the master keys that its secrets are sealed by.
type store struct {
	*storage.DB
	keys *vault.Keys
}

// withStore opens the database for one command. It runs beside servers on the
// same database, and brings an empty or older one up to date. What the command
// does goes into the audit log.
func (p *program) withStore(ctx context.Context, c config, do func(*store) error) error {
	c.level = max(c.level, slog.LevelWarn) // a command says itself what it does
	s, err := p.openStore(ctx, c, newLogger(c, p.err))
	if err != nil {
		return err
	}
	return errors.Join(p.noting(ctx, s, do(s)), s.Close())
}

// onStore is withStore for a command that needs nothing else of the configuration.
func (p *program) onStore(ctx context.Context, do func(*store) error) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	return p.withStore(ctx, c, do)
}

// openStore opens the database and brings it up to date.
func (p *program) openStore(ctx context.Context, c config, log *slog.Logger) (*store, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	keys, err := c.masterKeys(log)
	if err != nil {
		return nil, err
	}
	s, err := p.dialStore(ctx, c, keys, log)
	if err != nil {
		return nil, err
	}
	err = s.migrate(ctx, p.now(), log)
	if errors.Is(err, vault.ErrOtherKey) {
		err = fmt.Errorf("the database belongs to another master key: give all replicas, and every restart, the same %sMASTER_KEY (if that key is lost: classbridge master lost): %w", prefix, err)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// databaseFile is the SQLite file, where that is the database.
func (c config) databaseFile() string {
	return cmp.Or(c.file, filepath.Join(c.Data, "classbridge.db"))
}

// dialStore opens the database as it is.
func (p *program) dialStore(ctx context.Context, c config, keys *vault.Keys, log *slog.Logger) (*store, error) {
	queue, err := jobs.NewQueue(log)
	if err != nil {
		return nil, err
	}
	db, err := storage.Open(ctx, storage.Config{
		URL: c.DatabaseURL, Path: c.databaseFile(), Vault: vault.With(keys), Queue: queue, Now: p.now, Log: log,
		BackUp: func(ctx context.Context, db *storage.DB) error { return p.backUpFirst(ctx, c, db, keys, log) },
	})
	if err != nil {
		return nil, err
	}
	return &store{DB: db, keys: keys}, nil
}

// migrate makes the tables, the queue's, and the tool's first keys, all under
// one lock: replicas that start at once agree on them.
func (s *store) migrate(ctx context.Context, now time.Time, log *slog.Logger) error {
	return s.Migrate(ctx, func(ctx context.Context) error {
		if err := jobs.Migrate(ctx, s.handles(), log); err != nil {
			return err
		}
		if err := s.NoteMasterKey(ctx, s.keys.IDs()[0], now); err != nil {
			return err
		}
		return (&classroom.Keyring{Store: s, Now: func() time.Time { return now }}).Tend(ctx)
	})
}

func (s *store) handles() jobs.Handles {
	postgres, sqlite := s.Handles()
	return jobs.Handles{Postgres: postgres, SQLite: sqlite}
}
