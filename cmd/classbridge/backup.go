package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/archive"
	"classbridge/storage/vault"
)

// backupCommand writes a backup.
type backupCommand struct {
	lockFlags
	To        string   `name:"to" placeholder:"FILE" help:"The file to write, - for standard output. Without it: a new one in the folder backups of the data."`
	Recipient []string `name:"recipient" xor:"lock" placeholder:"AGE1…" help:"Who can open it: a public key of age. Without a passphrase and recipients only the master key opens it."`
	Keep      int      `name:"keep" placeholder:"N" help:"Then remove all but the newest N that this command has made in its folder."`
	JSON      bool     `name:"json" help:"For scripts."`
}

// madeBackup is what there is to know of a new backup.
type madeBackup struct {
	File   string `json:"file"`
	Rows   int64  `json:"rows"`
	Work   int64  `json:"work"`
	OpenBy string `json:"open_by"`
	SHA256 string `json:"sha256"`
}

// backupName begins the names of those that the command makes by itself.
const backupName = "classbridge"

// Run implements the command. The database stays as it is: an older one is not
// brought up to date.
func (c backupCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if c.Keep > 0 && c.To != "" {
		return usageError{fmt.Errorf("--keep is for backups in %s: without --to", cfg.backupFolder())}
	}
	return p.asItIs(ctx, cfg, func(s *store) error {
		locks, by, err := c.locks(p, s.keys)
		if err != nil {
			return err
		}
		made, err := c.write(ctx, p, cfg, s, locks)
		if err != nil {
			return err
		}
		made.OpenBy = by
		if c.Keep > 0 {
			if err := keepNewest(cfg.backupFolder(), backupName, c.Keep); err != nil {
				return fmt.Errorf("remove old backups: %w", err)
			}
		}
		return c.say(p, made)
	})
}

func (c backupCommand) locks(p *program, keys *vault.Keys) (archive.Locks, string, error) {
	passphrase, err := c.passphrase(p, true)
	if err != nil {
		return archive.Locks{}, "", err
	}
	recipients, err := archive.ParseRecipients(c.Recipient)
	if err != nil {
		return archive.Locks{}, "", usageError{err}
	}
	by := "master key " + keys.IDs()[0]
	switch {
	case passphrase != "":
		by = "the passphrase"
	case len(recipients) > 0:
		by = "the recipients"
	}
	return archive.Locks{Passphrase: passphrase, Recipients: recipients, Master: vault.With(keys)}, by, nil
}

func (c backupCommand) write(ctx context.Context, p *program, cfg config, s *store, locks archive.Locks) (madeBackup, error) {
	var sum archive.Summary
	write := encrypted(locks, func(w io.Writer) (err error) {
		sum, err = s.Backup(ctx, w, p.backupHeader())
		return err
	})
	path, err := c.To, error(nil)
	if path == "-" {
		err = write(p.out)
	} else {
		if path == "" {
			path = cfg.newBackupFile(backupName, p.now())
		}
		err = writeWhole(path, write)
	}
	return madeBackup{File: path, Rows: sum.Total(), Work: sum.Work, SHA256: sum.SHA256}, err
}

func (p *program) backupHeader() archive.Header {
	return archive.Header{Made: p.now().UTC(), Program: currentVersion()}
}

// say tells what was made; where the backup itself is on standard output, beside it.
func (c backupCommand) say(p *program, made madeBackup) error {
	out := *p
	if c.To == "-" {
		out.out = p.err
	}
	if c.JSON {
		return out.printJSON(made)
	}
	fmt.Fprintf(out.out, "backed up %d rows and %d pieces of waiting work to %s; %s opens it\n", made.Rows, made.Work, made.File, made.OpenBy)
	fmt.Fprintln(out.out, "the master key is not in it: keep that, too, somewhere else")
	return nil
}

// asItIs is withStore for a command that leaves the tables of whatever version they are.
func (p *program) asItIs(ctx context.Context, c config, do func(*store) error) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	c.level = max(c.level, slog.LevelWarn)
	log := newLogger(c, p.err)
	keys, err := c.masterKeys(log)
	if err != nil {
		return err
	}
	s, err := p.dialStore(ctx, c, keys, log)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

// keptBackups is how many of the backups that are made by themselves are kept.
const keptBackups = 5

// backUpFirst makes the backup that a migration can be taken back by. It opens
// with the master key: nobody is there to give a passphrase.
func (p *program) backUpFirst(ctx context.Context, c config, db *storage.DB, keys *vault.Keys, log *slog.Logger) error {
	if c.withoutBackup {
		log.WarnContext(ctx, "the tables are changed without a backup, as asked for")
		return nil
	}
	// With another installation's key neither backup nor upgrade would be of use.
	if _, err := db.ToolKeys(ctx, classroom.DefaultTenant); err != nil {
		return err
	}
	path, err := p.ownBackup(ctx, c, db, keys, "before-upgrade")
	if err == nil {
		log.InfoContext(ctx, "backed up before the tables are changed", "file", path)
	}
	return err
}

// ownBackup writes a backup that nobody asked for, and keeps the newest of them.
func (p *program) ownBackup(ctx context.Context, c config, db *storage.DB, keys *vault.Keys, what string) (string, error) {
	path := c.newBackupFile(what, p.now())
	err := writeWhole(path, encrypted(archive.Locks{Master: vault.With(keys)}, func(w io.Writer) error {
		_, err := db.Backup(ctx, w, p.backupHeader())
		return err
	}))
	if err != nil {
		return "", err
	}
	return path, keepNewest(filepath.Dir(path), what, keptBackups)
}
