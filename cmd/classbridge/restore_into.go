package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"classbridge/jobs"
)

// intoPostgres replaces everything in one transaction; no server may be at work
// that remembers what was there.
func (w *restoreWork) intoPostgres(ctx context.Context) error {
	return w.p.asItIs(ctx, w.c, func(s *store) error {
		if err := s.unattended(ctx); err != nil {
			return err
		}
		if !w.WithoutBackup {
			if err := w.mayReplace(ctx, s); err != nil {
				return err
			}
		}
		return w.fill(ctx, s)
	})
}

// unattended refuses a PostgreSQL database that a server works on.
func (s *store) unattended(ctx context.Context) error {
	working, err := jobs.Working(ctx, s.handles())
	if err == nil && working {
		err = errors.New("a server works on this database: stop all of them first (one that was killed counts for a few seconds more)")
	}
	return err
}

// intoFile fills a new file, which takes the place of the old one in one step.
func (w *restoreWork) intoFile(ctx context.Context) error {
	release, err := w.c.claim()
	if err != nil {
		return err
	}
	defer release()
	if err := w.mayReplaceFile(ctx); err != nil {
		return err
	}
	file := w.c.databaseFile()
	next := file + ".restoring"
	if err := removeAll(next, next+"-wal", next+"-shm"); err != nil {
		return err
	}
	defer removeAll(next, next+"-wal", next+"-shm", next+".lock")
	c := w.c
	c.file = next
	// Closing writes everything into the one file.
	if err := w.p.asItIs(ctx, c, func(s *store) error { return w.fill(ctx, s) }); err != nil {
		return err
	}
	if err := w.putAside(); err != nil {
		return err
	}
	// What is left of the old database beside its file would be taken for the new one's.
	if _, err := os.Stat(file + "-wal"); err == nil {
		return fmt.Errorf("%s-wal is there: another process has the database open, or was killed; run classbridge migrate once, then restore again", file)
	}
	if err := os.Rename(next, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// mayReplaceFile backs up the file that is there, unless it is to be put aside.
func (w *restoreWork) mayReplaceFile(ctx context.Context) error {
	_, err := os.Stat(w.c.databaseFile())
	if w.WithoutBackup || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err = w.p.asItIs(ctx, w.c, func(s *store) error { return w.mayReplace(ctx, s) })
	if err != nil && !errors.Is(err, errInUse) {
		err = fmt.Errorf("%w (where the database is broken: --replace --without-backup puts it aside)", err)
	}
	return err
}

// putAside moves what is there out of the way, as it is, once there is something to
// take its place.
func (w *restoreWork) putAside() error {
	file := w.c.databaseFile()
	if _, err := os.Stat(file); !w.WithoutBackup || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	aside := file + ".replaced-" + w.p.now().UTC().Format(backupForm)
	for _, end := range []string{"-shm", "-wal", ""} {
		if err := os.Rename(file+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	fmt.Fprintf(w.p.out, "what was there is in %s\n", aside)
	return nil
}

func removeAll(paths ...string) error {
	var wrong []error
	for _, path := range paths {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}
