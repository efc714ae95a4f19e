package main

import (
	"log/slog"
	"path/filepath"

	"classbridge/storage/vault"
)

// masterKeys are those of a file, which may change while the program runs, or
// those of the variable. Without either a file is made in the folder. They never
// are in the database.
func (c config) masterKeys(log *slog.Logger) (*vault.Keys, error) {
	if c.MasterKey != "" && c.masterFile == "" {
		masters, err := vault.ParseMasters(c.MasterKey)
		if err != nil {
			return nil, usageError{err}
		}
		return vault.Given(masters...)
	}
	path := c.keyFile()
	if c.masterFile == "" {
		if err := vault.MakeFile(path); err != nil {
			return nil, err
		}
	}
	keys, err := vault.FromFile(path, log)
	if err != nil && c.masterFile != "" {
		err = usageError{err}
	}
	return keys, err
}

// keyFileName is where they would be looked for in a file.
func (c config) keyFileName() string {
	if path := c.keyFile(); path != "" {
		return path
	}
	return filepath.Join(c.Data, "master.key")
}

// keyFile is where the master keys are, if they are in a file; empty otherwise.
func (c config) keyFile() string {
	switch {
	case c.masterFile != "":
		return c.masterFile
	case c.MasterKey != "":
		return ""
	}
	return filepath.Join(c.Data, "master.key")
}
