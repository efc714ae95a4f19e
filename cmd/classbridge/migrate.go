package main

import (
	"context"
	"fmt"
)

// migrateCommand is for operators who do not want serve to do it.
type migrateCommand struct {
	WithoutBackup bool `name:"without-backup" help:"Change the tables without the backup that is made first: there is another one."`
}

// Run implements the command; opening the store does the work.
func (m migrateCommand) Run(ctx context.Context, p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	c.withoutBackup = m.WithoutBackup
	return p.withStore(ctx, c, func(*store) error {
		fmt.Fprintf(p.out, "the %s database is up to date\n", c.driver())
		return nil
	})
}
