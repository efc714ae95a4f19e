package main

import (
	"context"
	"fmt"

	"classbridge/classroom"

	"github.com/google/uuid"
)

// bbbCommands are about BigBlueButton servers.
type bbbCommands struct {
	Add     bbbAdd     `cmd:"" help:"Connect a BigBlueButton server or a Scalelite pool."`
	List    bbbList    `cmd:"" help:"List the servers, disabled ones too."`
	Test    bbbTest    `cmd:"" help:"Make a signed call to each server and say what is wrong."`
	Disable bbbDisable `cmd:"" help:"Start no more meetings on a server; those that run go on."`
	Enable  bbbEnable  `cmd:"" help:"Use a disabled server again."`
}

type bbbAdd struct {
	URL        string `name:"url" required:"" placeholder:"URL" help:"As bbb-conf --secret prints it."`
	SecretFile string `name:"secret-file" required:"" xor:"secret" placeholder:"FILE" help:"File with the secret, - for standard input. While a secret is replaced: both, one a line, the new one first."`
	SecretEnv  string `name:"secret-env" required:"" xor:"secret" placeholder:"NAME" help:"Environment variable with the secret."`
	Secret     string `name:"secret" required:"" xor:"secret" placeholder:"SECRET" help:"The secret itself. It stays in the history of your shell."`
	Hash       string `name:"hash" placeholder:"HASH" default:"sha256" help:"sha256 (default), sha512 or sha1."`
	Name       string `name:"name" placeholder:"NAME" help:"What to call the server; its host name if not given."`
	NoTest     bool   `name:"no-test" help:"Store it without trying it."`
}

// Run implements the command.
func (c bbbAdd) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	secret, err := p.secret(c.Secret, c.SecretFile, c.SecretEnv)
	if err != nil {
		return err
	}
	s, err := newBBBServer(c.URL, secret, c.Hash)
	if err != nil {
		return usageError{err}
	}
	if s.blanks {
		p.warn("the secret had blanks around it; they were left out")
	}
	now := p.now()
	server := classroom.Server{
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: classroom.DefaultTenant, Name: nameOr(c.Name, s.url),
		URL: s.url, Secrets: s.secrets, Hash: s.hash, CreatedAt: now, UpdatedAt: now,
	}
	if !c.NoTest {
		if err := p.testServer(ctx, server); err != nil {
			return fmt.Errorf("not added: %w", err)
		}
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		if err := s.CreateServer(ctx, server); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "added %s as %s\n", server.Name, server.ID)
		return nil
	})
}

type bbbDisable struct {
	ID string `arg:"" help:"Id or name of the server."`
}

// Run implements the command.
func (c bbbDisable) Run(ctx context.Context, p *program) error {
	return p.switchServer(ctx, c.ID, true)
}

type bbbEnable struct {
	ID string `arg:"" help:"Id or name of the server."`
}

// Run implements the command.
func (c bbbEnable) Run(ctx context.Context, p *program) error {
	return p.switchServer(ctx, c.ID, false)
}

func (p *program) switchServer(ctx context.Context, wish string, disabled bool) error {
	return p.onStore(ctx, func(s *store) error {
		servers, err := s.ListServers(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		server, err := findServer(servers, wish)
		if err != nil {
			return err
		}
		server.Disabled, server.UpdatedAt = disabled, p.now()
		return s.SaveServer(ctx, server)
	})
}
