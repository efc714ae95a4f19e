package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// claim keeps a second server from the same SQLite file: each would take the
// other's work for that of a process that has died. Commands may run beside it.
// The system gives the claim back when the process ends, however it ends.
func (c config) claim() (release func(), err error) {
	if c.DatabaseURL != "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(c.Data, "serve.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("another server works in %s: several need %sDATABASE_URL, a PostgreSQL", c.Data, prefix)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}
