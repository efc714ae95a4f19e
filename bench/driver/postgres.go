//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres is the database server that all tools share, on this machine.
type postgres struct {
	address string
	pid     int // of the process that starts the others
}

func findPostgres(ctx context.Context, address string) (*postgres, error) {
	if address == "" {
		return nil, errors.New("no PostgreSQL: run `make bench`, or give -postgres")
	}
	p := &postgres{address: address}
	var backend int
	err := p.do(ctx, func(c *pgx.Conn) error {
		if err := c.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
			return err
		}
		s, err := readStat(backend)
		p.pid = s.parent
		return err
	})
	return p, err
}

// create makes an empty database and returns its address.
func (p *postgres) create(ctx context.Context, name string) (string, error) {
	u, err := url.Parse(p.address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), p.do(ctx, func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "CREATE DATABASE "+name)
		return err
	})
}

func (p *postgres) do(ctx context.Context, work func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, p.address)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer c.Close(ctx)
	return work(c)
}

// cpuTime is that of all its processes, those that have ended included.
func (p *postgres) cpuTime() (time.Duration, error) {
	s, err := readStat(p.pid)
	if err != nil {
		return 0, err
	}
	sum := s.own + s.children
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, e := range processes {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if s, err := readStat(pid); err == nil && s.parent == p.pid {
			sum += s.own
		}
	}
	return sum, nil
}
