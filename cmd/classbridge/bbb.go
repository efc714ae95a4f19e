package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/bbb"
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
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: classroom.DefaultTenant, Name: bbbName(c.Name, s.url),
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

type bbbList struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownServer is what may be printed of a server: never its secrets.
type shownServer struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	URL      string    `json:"url"`
	Hash     string    `json:"hash"`
	Secrets  int       `json:"secrets"`
	Disabled bool      `json:"disabled"`
	Created  time.Time `json:"created"`
}

// Run implements the command.
func (c bbbList) Run(ctx context.Context, p *program) error {
	servers, err := p.servers(ctx)
	if err != nil {
		return err
	}
	shown, rows := []shownServer{}, [][]string{}
	for _, s := range servers {
		shown = append(shown, shownServer{s.ID, s.Name, s.URL, s.Hash, len(s.Secrets), s.Disabled, s.CreatedAt})
		rows = append(rows, []string{s.ID, s.Name, s.URL, s.Hash, yes(!s.Disabled)})
	}
	if c.JSON {
		return p.printJSON(shown)
	}
	p.printTable("ID NAME URL HASH ENABLED", rows)
	return nil
}

type bbbTest struct {
	ID   []string `arg:"" optional:"" help:"Servers; all enabled ones if not given."`
	JSON bool     `name:"json" help:"For scripts."`
}

// tested is how a server did.
type tested struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
}

// Run implements the command.
func (c bbbTest) Run(ctx context.Context, p *program) error {
	servers, err := p.servers(ctx)
	if err != nil {
		return err
	}
	if servers, err = chosen(servers, c.ID); err != nil {
		return err
	}
	results, failed := []tested{}, 0
	for _, s := range servers {
		r := tested{ID: s.ID, Name: s.Name, OK: true}
		if err := p.testServer(ctx, s); err != nil {
			r.OK, r.Problem, failed = false, err.Error(), failed+1
		}
		results = append(results, r)
	}
	if c.JSON {
		err = p.printJSON(results)
	} else {
		p.printResults(results)
	}
	if failed > 0 {
		return exitCode(exitFailure)
	}
	return err
}

func (p *program) printResults(results []tested) {
	if len(results) == 0 {
		fmt.Fprintln(p.out, "no BigBlueButton server is connected: classbridge bbb add")
	}
	for _, r := range results {
		fmt.Fprintf(p.out, "%s: %s\n", r.Name, cmp.Or(r.Problem, "works"))
	}
}

// chosen picks servers by id or name; without a wish the enabled ones.
func chosen(servers []classroom.Server, wishes []string) ([]classroom.Server, error) {
	var picked []classroom.Server
	for _, s := range servers {
		if len(wishes) == 0 && !s.Disabled {
			picked = append(picked, s)
		}
	}
	for _, w := range wishes {
		s, err := findServer(servers, w)
		if err != nil {
			return nil, err
		}
		picked = append(picked, s)
	}
	return picked, nil
}

func findServer(servers []classroom.Server, wish string) (classroom.Server, error) {
	for _, s := range servers {
		if s.ID == wish || s.Name == wish {
			return s, nil
		}
	}
	return classroom.Server{}, fmt.Errorf("there is no server %q: classbridge bbb list", wish)
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
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return p.withStore(ctx, cfg, func(s *store) error {
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

// servers lists all of them.
func (p *program) servers(ctx context.Context) (servers []classroom.Server, err error) {
	cfg, err := p.config()
	if err != nil {
		return nil, err
	}
	err = p.withStore(ctx, cfg, func(s *store) error {
		servers, err = s.ListServers(ctx, classroom.DefaultTenant)
		return err
	})
	return servers, err
}

// testServer makes a signed call and puts what is wrong into words.
func (p *program) testServer(ctx context.Context, s classroom.Server) error {
	client := newBBBClient(s, newClients(p.env).own, nil)
	err := client.Test(ctx)
	var e *bbb.TestError
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s (%w)", advice(e), e.Err)
}

// advice says what to do about a finding.
func advice(e *bbb.TestError) string {
	switch e.Finding {
	case bbb.HostUnknown:
		return "its host name does not resolve: is the URL right?"
	case bbb.NoConnection:
		return "it cannot be reached from here: is it up, does a firewall let this machine through?"
	case bbb.BadCertificate:
		return "its certificate does not hold; a CA of your own can be named by SSL_CERT_FILE"
	case bbb.WrongPath:
		return "a web server answers there, but not BigBlueButton: the URL is what `bbb-conf --secret` prints"
	case bbb.WrongHost:
		return "it redirects to another host: use that host's URL"
	case bbb.WrongSecret:
		return "it refuses the secret: take it from `bbb-conf --secret`"
	case bbb.SecretHasBlanks:
		return "the secret is right but for blanks around it"
	case bbb.OldSecret:
		return "only another of the secrets is valid: put that one first"
	case bbb.HashRefused:
		return fmt.Sprintf("the secret is right, but it wants another hash: --hash %s", e.Hash)
	case bbb.OutOfOrder:
		return "it is there, but out of order"
	}
	return "address, secret or hash make no sense"
}
