package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/alecthomas/kong"
)

// doing is the command that runs, as far as the audit log knows it.
type doing struct {
	act     string // empty: it changes nothing
	subject string // what was typed beside its name, but for secrets
	noted   bool   // it has written down by itself what it did
}

// doingOf reads what a command is about to do.
func doingOf(command *kong.Context) doing {
	var name, subject []string
	for _, part := range command.Path {
		switch {
		case part.Command != nil:
			name = append(name, part.Command.Name)
		case part.Positional != nil:
			subject = append(subject, fmt.Sprint(command.Value(part).Interface()))
		case part.Flag != nil && slices.Contains(tellingFlags(), part.Flag.Name):
			subject = append(subject, fmt.Sprint(command.Value(part).Interface()))
		}
	}
	return doing{act: acts()[strings.Join(name, " ")], subject: strings.Join(subject, " ")}
}

// tellingFlags say what a command is about, and are no secrets.
func tellingFlags() []string { return []string{"name", "email", "from", "to"} }

// noting writes into the audit log what the command has done, or failed to do,
// unless it did so itself: it knows more. Of a command that cannot be meant
// nothing came.
func (p *program) noting(ctx context.Context, s *store, err error) error {
	var usage usageError
	if p.doing.act == "" || p.doing.noted || errors.As(err, &usage) {
		return err
	}
	return p.record(ctx, s, admin.Act{Name: p.doing.act, Subject: p.doing.subject}, err)
}

// record writes into the audit log what a command did, or failed to do: err is
// what came of it, and what is answered.
func (p *program) record(ctx context.Context, s *store, act admin.Act, err error) error {
	p.doing.noted = true
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
