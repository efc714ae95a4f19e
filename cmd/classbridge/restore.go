package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"classbridge/jobs"
	"classbridge/storage"
	"classbridge/storage/archive"
	"classbridge/storage/vault"
)

// restoreCommand puts a backup in the place of the database.
type restoreCommand struct {
	File string `arg:"" help:"The backup."`
	lockFlags
	IdentityFile  string `name:"identity-file" xor:"lock" placeholder:"FILE" help:"File with the age identity that it was made for."`
	Check         bool   `name:"check" help:"Only read it to the end, and say what is in it."`
	Replace       bool   `name:"replace" help:"Also if the database is in use: all that is in it goes. It is backed up first."`
	WithoutBackup bool   `name:"without-backup" help:"Replace it without that backup: where it is broken, or its key is lost."`
	AsItWas       bool   `name:"as-it-was" help:"Leave the tables as they were, for an older program: to go back after an upgrade."`
	ForgetSecrets bool   `name:"forget-secrets" help:"Also if its secrets were sealed with a master key that is lost: they have to be typed in again."`
	JSON          bool   `name:"json" help:"For scripts: what the backup holds."`
}

// backupContent is what a backup holds.
type backupContent struct {
	Made     time.Time        `json:"made"`
	Program  string           `json:"program"`
	Database string           `json:"database"`
	Schema   int64            `json:"schema"`
	Rows     map[string]int64 `json:"rows"`
	Work     int64            `json:"work"`
	Keys     map[string]int64 `json:"sealed_with"` // texts by the id of the master key
	SHA256   string           `json:"sha256"`
}

// restoreWork is what a restore is at work on.
type restoreWork struct {
	restoreCommand
	p     *program
	c     config
	log   *slog.Logger
	keys  *vault.Keys
	opens archive.Keys
	holds backupContent
}

// Run implements the command: nothing is changed before the whole file was read.
func (c restoreCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	w, err := c.prepare(p, cfg)
	if err != nil {
		return err
	}
	if err := w.read(); err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.Check {
		return w.show()
	}
	if err := w.allowed(); err != nil {
		return err
	}
	if cfg.DatabaseURL == "" {
		err = w.intoFile(ctx)
	} else {
		err = w.intoPostgres(ctx)
	}
	if err != nil {
		return err
	}
	return w.finish(ctx)
}

func (c restoreCommand) prepare(p *program, cfg config) (*restoreWork, error) {
	cfg.level = max(cfg.level, slog.LevelWarn)
	if c.WithoutBackup && !c.Replace {
		return nil, usageError{errors.New("--without-backup goes with --replace")}
	}
	w := &restoreWork{restoreCommand: c, p: p, c: cfg, log: newLogger(cfg, p.err)}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, err
	}
	var err error
	if w.keys, err = cfg.masterKeys(w.log); err != nil {
		return nil, err
	}
	w.opens.Master = vault.With(w.keys)
	if w.opens.Passphrase, err = c.passphrase(p, false); err != nil {
		return nil, err
	}
	if c.IdentityFile == "" {
		return w, nil
	}
	f, err := os.Open(c.IdentityFile)
	if err != nil {
		return nil, usageError{err}
	}
	defer f.Close()
	w.opens.Identities, err = archive.ParseIdentities(f)
	return w, err
}

// open begins to read the backup.
func (w *restoreWork) open() (io.Reader, io.Closer, error) {
	f, err := os.Open(w.File)
	if err != nil {
		return nil, nil, err
	}
	plain, err := w.opens.Decrypt(f)
	if err != nil {
		return nil, nil, errors.Join(explain(err), f.Close())
	}
	return plain, f, nil
}

// explain says what to do where a backup does not open.
func explain(err error) error {
	switch {
	case errors.Is(err, archive.ErrNeedsPassphrase):
		return fmt.Errorf("%w: --passphrase or --passphrase-file", err)
	case errors.Is(err, archive.ErrNeedsIdentity):
		return fmt.Errorf("%w: --identity-file", err)
	case errors.Is(err, archive.ErrNeedsMaster):
		return fmt.Errorf("%w: put that key into %sMASTER_KEY", err, prefix)
	}
	return err
}

// read reads the backup to its end: it is whole, and what it holds is known.
func (w *restoreWork) read() error {
	plain, f, err := w.open()
	if err != nil {
		return err
	}
	defer f.Close()
	keys := map[string]int64{}
	h, sum, err := archive.Check(plain, func(r *archive.Record) error {
		for _, v := range r.Row {
			if text, ok := v.(string); ok {
				if id, sealed := vault.KeyOf(text); sealed {
					keys[id]++
				}
			}
		}
		return nil
	})
	w.holds = backupContent{
		Made: h.Made, Program: h.Program, Database: h.Database, Schema: h.Schema(),
		Rows: sum.Rows, Work: sum.Work, Keys: keys, SHA256: sum.SHA256,
	}
	if err != nil {
		return err
	}
	return storage.Knows(h.Migrations)
}

func (w *restoreWork) show() error {
	if w.JSON {
		return w.p.printJSON(w.holds)
	}
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(w.holds.Rows)) {
		rows = append(rows, []string{name, fmt.Sprint(w.holds.Rows[name])})
	}
	w.p.printTable("TABLE ROWS", rows)
	fmt.Fprintf(w.p.out, "whole: made at %s by version %s on %s, schema %d, %d pieces of waiting work\n",
		w.holds.Made.Format(time.DateTime), w.holds.Program, w.holds.Database, w.holds.Schema, w.holds.Work)
	if missing := w.missing(); len(missing) > 0 {
		fmt.Fprintf(w.p.out, "its secrets are sealed with master key %s, which is not at hand\n", strings.Join(missing, ", "))
	} else {
		fmt.Fprintln(w.p.out, "the master key at hand opens its secrets")
	}
	return nil
}

// missing are the ids of the master keys that the backup's secrets need and that
// are not at hand.
func (w *restoreWork) missing() []string {
	var missing []string
	for id := range w.holds.Keys {
		if !vault.With(w.keys).Knows(id) {
			missing = append(missing, id)
		}
	}
	return sorted(missing)
}

// allowed refuses what would leave an installation without its secrets unasked.
func (w *restoreWork) allowed() error {
	missing := w.missing()
	if len(missing) == 0 || w.ForgetSecrets {
		return nil
	}
	return fmt.Errorf(`the secrets in this backup are sealed with master key %s, which is not at hand (at hand: %s).
Put it into %sMASTER_KEY, or into %s, as it was where the backup was made.
If that key is lost for good, --forget-secrets restores everything else: the secrets of BigBlueButton and Mattermost have to be typed in again, the tool's keys are made anew, sessions end`,
		strings.Join(missing, ", "), strings.Join(w.keys.IDs(), ", "), prefix, w.c.keyFileName())
}

// fill puts the backup into an open database that may be emptied.
func (w *restoreWork) fill(ctx context.Context, s *store) error {
	plain, f, err := w.open()
	if err != nil {
		return err
	}
	defer f.Close()
	from, err := archive.NewReader(plain)
	if err != nil {
		return err
	}
	return s.Restore(ctx, from, func(ctx context.Context) error { return jobs.Migrate(ctx, s.handles(), w.log) })
}

var errInUse = errors.New("the database is in use: --replace puts the backup in its place, and all that is in it now goes")

// mayReplace refuses to touch a database that is in use, or backs it up.
func (w *restoreWork) mayReplace(ctx context.Context, s *store) error {
	used, err := s.InUse(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("look into the database that is there: %w", err)
	case !used:
		return nil
	case !w.Replace:
		return errInUse
	}
	path, err := w.p.ownBackup(ctx, w.c, s.DB, w.keys, "before-restore")
	if err != nil {
		return fmt.Errorf("back up what is there: %w", err)
	}
	fmt.Fprintf(w.p.out, "what was there is in %s\n", path)
	return nil
}

// finish brings the tables up to date, unless an older program is to find them.
func (w *restoreWork) finish(ctx context.Context) error {
	var rows int64
	for _, n := range w.holds.Rows {
		rows += n
	}
	fmt.Fprintf(w.p.out, "restored %d rows and %d pieces of waiting work of %s\n", rows, w.holds.Work, w.holds.Made.Format(time.DateTime))
	if len(w.missing()) > 0 {
		if err := w.p.forgetSecrets(ctx, w.c); err != nil {
			return err
		}
	}
	if w.AsItWas {
		fmt.Fprintf(w.p.out, "the tables are those of schema %d: start the program that has it\n", w.holds.Schema)
		return nil
	}
	return w.p.withStore(ctx, w.c, func(*store) error {
		fmt.Fprintln(w.p.out, "start the server")
		return nil
	})
}
