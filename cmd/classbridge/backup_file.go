package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"classbridge/storage/archive"
)

// backupFolder is where backups go that nobody names a place for.
func (c config) backupFolder() string { return filepath.Join(c.Data, "backups") }

// backupForm is how the time stands in a backup's name: names sort by age.
const backupForm = "20060102-150405.000"

const backupSuffix = ".backup"

// newBackupFile is a name in the folder: what it is, and when it was made.
func (c config) newBackupFile(what string, now time.Time) string {
	return filepath.Join(c.backupFolder(), what+"-"+now.UTC().Format(backupForm)+backupSuffix)
}

// writeWhole writes a file that is there whole or not at all, and for its owner only.
func writeWhole(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	// Not a rename: one that is there already is not written over.
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes new names in a folder survive a power cut.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// keepNewest removes all but the newest backups of one kind in a folder.
func keepNewest(folder, what string, n int) error {
	old, err := filepath.Glob(filepath.Join(folder, what+"-*"+backupSuffix))
	if err != nil {
		return err
	}
	slices.Sort(old)
	for len(old) > n {
		if err := os.Remove(old[0]); err != nil {
			return err
		}
		old = old[1:]
	}
	return nil
}

// lockFlags say by what a backup opens.
type lockFlags struct {
	Passphrase     bool   `name:"passphrase" xor:"lock" help:"Ask for a passphrase."`
	PassphraseFile string `name:"passphrase-file" xor:"lock" placeholder:"FILE" help:"File with a passphrase, - for standard input."`
}

const shortestPassphrase = 12

// passphrase asks for it, twice if it is a new one; empty if there is to be none.
func (f lockFlags) passphrase(p *program, fresh bool) (string, error) {
	var text string
	var err error
	switch {
	case f.PassphraseFile != "":
		text, err = p.secret("", f.PassphraseFile, "")
		text = firstLine(text)
	case f.Passphrase:
		text, err = askPassphrase(p.terminal(), fresh)
	default:
		return "", nil
	}
	switch {
	case err == nil && text == "":
		err = usageError{errors.New("the passphrase is empty")}
	case err == nil && fresh && len(text) < shortestPassphrase:
		err = usageError{fmt.Errorf("a passphrase of less than %d characters protects nothing: everything about everybody is in a backup", shortestPassphrase)}
	}
	return text, err
}

func askPassphrase(t *terminal, fresh bool) (string, error) {
	text, err := t.askSecret("Passphrase: ")
	if err != nil || !fresh || t.typed == nil {
		return text, err
	}
	again, err := t.askSecret("The same again: ")
	if err == nil && again != text {
		err = usageError{errors.New("the two differ")}
	}
	return text, err
}

func firstLine(text string) string {
	for i, r := range text {
		if r == '\n' || r == '\r' {
			return text[:i]
		}
	}
	return text
}

// encrypted has an archive written into an encrypted file.
func encrypted(locks archive.Locks, write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		e, err := locks.Encrypt(w)
		if err != nil {
			return fmt.Errorf("encrypt: %w", err)
		}
		return errors.Join(write(e), e.Close())
	}
}
