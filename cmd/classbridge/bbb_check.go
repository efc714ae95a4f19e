package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"classbridge/bbb"
	"classbridge/classroom"
)

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
