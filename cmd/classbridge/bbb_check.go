package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"classbridge/bbb"
	"classbridge/classroom"
	"classbridge/locales"
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
	var results []tested
	err := p.onStore(ctx, func(s *store) (err error) {
		results, err = c.test(ctx, p, s)
		return err
	})
	if err != nil {
		return err
	}
	failed := slices.ContainsFunc(results, func(r tested) bool { return !r.OK })
	if c.JSON {
		err = p.printJSON(results)
	} else {
		p.printResults(results)
	}
	if failed {
		return exitCode(exitFailure)
	}
	return err
}

func (c bbbTest) test(ctx context.Context, p *program, s *store) ([]tested, error) {
	servers, err := s.ListServers(ctx, classroom.DefaultTenant)
	if err != nil {
		return nil, err
	}
	if servers, err = chosen(servers, c.ID); err != nil {
		return nil, err
	}
	results, room := []tested{}, p.serversOf(s)
	for _, one := range servers {
		r := tested{ID: one.ID, Name: one.Name, OK: true}
		if _, err := room.TestServer(ctx, one.TenantID, one.ID); err != nil {
			r.OK, r.Problem = false, p.found(err).Error()
		}
		results = append(results, r)
	}
	return results, nil
}

func (p *program) printResults(results []tested) {
	if len(results) == 0 {
		fmt.Fprintln(p.out, "no BigBlueButton server is connected: classbridge bbb add")
	}
	for _, r := range results {
		fmt.Fprintf(p.out, "%s: %s\n", r.Name, cmp.Or(r.Problem, "works"))
	}
}

// found puts what is wrong with a server into the words that its page has, too.
func (p *program) found(err error) error {
	var e *bbb.TestError
	if !errors.As(err, &e) {
		return err
	}
	texts, loaded := p.texts()
	if loaded != nil {
		return err
	}
	words := texts.For("en").Text("console.bbb.finding."+strings.ReplaceAll(string(e.Finding), " ", "_"), "Hash", e.Hash)
	if e.Finding == bbb.HashRefused {
		words += fmt.Sprintf(" That is --hash %s.", e.Hash)
	}
	return fmt.Errorf("%s (%w)", words, e.Err)
}

func (p *program) texts() (*locales.Catalogue, error) { return locales.Load() }
