package main

import (
	"cmp"
	"context"
	"os/user"

	"classbridge/admin"
	"classbridge/classroom"
)

// record writes into the audit log what a command did, or failed to do: err is
// what came of it, and what is answered.
func (p *program) record(ctx context.Context, s *store, act admin.Act, err error) error {
	console := &admin.Console{Store: s, Now: p.now}
	return console.RecordCommand(ctx, classroom.DefaultTenant, p.who(), act, err)
}

// who runs the command, as the machine knows them.
func (p *program) who() string {
	if name := cmp.Or(p.env["SUDO_USER"], p.env["USER"], p.env["LOGNAME"]); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return cmp.Or(u.Username, u.Uid)
	}
	return "somebody"
}
