package main

import (
	"context"
	"fmt"
	"time"

	"classbridge/classroom"
)

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
