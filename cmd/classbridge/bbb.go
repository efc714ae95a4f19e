package main

import (
	"context"
	"errors"
	"fmt"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/classroom"
)

// bbbCommands are about BigBlueButton servers.
type bbbCommands struct {
	Add     bbbAdd     `cmd:"" help:"Connect a BigBlueButton server or a Scalelite pool."`
	List    bbbList    `cmd:"" help:"List the servers, disabled ones too."`
	Test    bbbTest    `cmd:"" help:"Make a signed call to each server and say what is wrong."`
	Rotate  bbbRotate  `cmd:"" help:"Replace the secret of a server; the old one is believed for some days."`
	Forget  bbbForget  `cmd:"" help:"Forget the old secrets of a server now."`
	Disable bbbDisable `cmd:"" help:"Start no more meetings on a server; those that run go on."`
	Enable  bbbEnable  `cmd:"" help:"Use a disabled server again."`
	Remove  bbbRemove  `cmd:"" help:"Remove a server that no class was held on."`
}

// secretFlags say where a secret is.
type secretFlags struct {
	SecretFile string `name:"secret-file" required:"" xor:"secret" placeholder:"FILE" help:"File with the secret, - for standard input. While a secret is replaced: both, one a line, the new one first."`
	SecretEnv  string `name:"secret-env" required:"" xor:"secret" placeholder:"NAME" help:"Environment variable with the secret."`
	Secret     string `name:"secret" required:"" xor:"secret" placeholder:"SECRET" help:"The secret itself. It stays in the history of your shell."`
}

type bbbAdd struct {
	URL string `name:"url" required:"" placeholder:"URL" help:"As bbb-conf --secret prints it."`
	secretFlags
	Hash   string `name:"hash" placeholder:"HASH" default:"sha256" help:"sha256 (default), sha512 or sha1."`
	Name   string `name:"name" placeholder:"NAME" help:"What to call the server; its host name if not given."`
	NoTest bool   `name:"no-test" help:"Store it without trying it."`
}

// Run implements the command.
func (c bbbAdd) Run(ctx context.Context, p *program) error {
	secret, err := p.secret(c.Secret, c.SecretFile, c.SecretEnv)
	if err != nil {
		return err
	}
	read, err := classroom.ReadServer(c.URL, secret, c.Hash)
	if err != nil {
		return usageError{err}
	}
	if read.Blanks {
		p.warn("the secret had blanks around it; they were left out")
	}
	return p.onStore(ctx, func(s *store) error {
		wish := classroom.ServerWish{Name: c.Name, URL: c.URL, Secret: secret, Hash: c.Hash, Untried: c.NoTest}
		added, err := p.serversOf(s).AddServer(ctx, classroom.DefaultTenant, wish)
		if failed := (*bbb.TestError)(nil); errors.As(err, &failed) {
			return fmt.Errorf("not added: %w", p.found(err))
		}
		err = p.record(ctx, s, admin.Act{Name: "server.add", Subject: added.Name, SubjectID: added.ID, Detail: []string{"url: " + added.URL}}, err)
		if err == nil {
			fmt.Fprintf(p.out, "added %s as %s\n", added.Name, added.ID)
		}
		return err
	})
}

// serversOf is the domain as far as it is about servers.
func (p *program) serversOf(s *store) *classroom.Classroom {
	clients := &bbbClients{http: newClients(p.env).of(nil)}
	return &classroom.Classroom{Store: s, BBB: clients.client, Now: p.now}
}

// serverAct is one that needs nothing but the server.
type serverAct func(ctx context.Context, tenantID, id string) (classroom.Server, error)

// onServer does something to the server that people name, and writes it down.
func (p *program) onServer(ctx context.Context, wish, act string, do func(*classroom.Classroom) serverAct) error {
	return p.onStore(ctx, func(s *store) error {
		servers, err := s.ListServers(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		server, err := findServer(servers, wish)
		if err != nil {
			return err
		}
		_, err = do(p.serversOf(s))(ctx, server.TenantID, server.ID)
		return p.refused(p.record(ctx, s, admin.Act{Name: act, Subject: server.Name, SubjectID: server.ID}, p.found(err)))
	})
}

// refused puts a refusal into words.
func (p *program) refused(err error) error {
	var e *classroom.Error
	if !errors.As(err, &e) {
		return err
	}
	texts, loaded := p.texts()
	if loaded != nil || !texts.Has(e.Message) {
		return err
	}
	words := texts.For("en").Text(e.Message)
	if texts.Has(e.Message + ".do") {
		words += " " + texts.For("en").Text(e.Message+".do")
	}
	return errors.New(words)
}

type bbbRotate struct {
	ID string `arg:"" help:"Id or name of the server."`
	secretFlags
	KeepDays int64 `name:"keep-days" placeholder:"DAYS" default:"7" help:"For how long callbacks that are signed with the old secret are believed; 0: until bbb forget."`
}

// Run implements the command.
func (c bbbRotate) Run(ctx context.Context, p *program) error {
	secret, err := p.secret(c.Secret, c.SecretFile, c.SecretEnv)
	if err != nil {
		return err
	}
	return p.onServer(ctx, c.ID, "server.rotate", func(room *classroom.Classroom) serverAct {
		return func(ctx context.Context, tenantID, id string) (classroom.Server, error) {
			return room.RotateSecret(ctx, tenantID, id, secret, c.KeepDays)
		}
	})
}

type bbbForget struct {
	ID string `arg:"" help:"Id or name of the server."`
}

// Run implements the command.
func (c bbbForget) Run(ctx context.Context, p *program) error {
	return p.onServer(ctx, c.ID, "server.forget_secrets", func(room *classroom.Classroom) serverAct { return room.RetireSecrets })
}

type bbbDisable struct {
	ID string `arg:"" help:"Id or name of the server."`
}

// Run implements the command.
func (c bbbDisable) Run(ctx context.Context, p *program) error {
	return p.onServer(ctx, c.ID, "server.disable", switching(true))
}

type bbbEnable struct {
	ID string `arg:"" help:"Id or name of the server."`
}

// Run implements the command.
func (c bbbEnable) Run(ctx context.Context, p *program) error {
	return p.onServer(ctx, c.ID, "server.enable", switching(false))
}

func switching(disabled bool) func(*classroom.Classroom) serverAct {
	return func(room *classroom.Classroom) serverAct {
		return func(ctx context.Context, tenantID, id string) (classroom.Server, error) {
			return room.SwitchServer(ctx, tenantID, id, disabled)
		}
	}
}

type bbbRemove struct {
	ID string `arg:"" help:"Id or name of the server."`
}

// Run implements the command.
func (c bbbRemove) Run(ctx context.Context, p *program) error {
	return p.onServer(ctx, c.ID, "server.remove", func(room *classroom.Classroom) serverAct { return room.RemoveServer })
}
