//go:build linux

package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tool is one way to launch into a server.
type tool struct {
	name                  string
	server                *server
	url, host             string // without and with the scheme cut off
	clientID              string
	loginPath, launchPath string
	slow                  bool // too slow for as many launches as the others get
	hasRooms              bool // it leads into meetings
	proof                 func(person) []string
}

// batch is how many launches one measurement takes: some seconds' worth.
func (t *tool) batch(browsers int) int {
	switch {
	case t.slow && browsers == 1:
		return 200
	case t.slow:
		return 600
	case browsers == 1:
		return 1000
	}
	return 4000
}

func (b *bench) addTool(t tool) *tool {
	t.url, t.host = t.server.url, strings.TrimPrefix(t.server.url, "http://")
	b.tools = append(b.tools, &t)
	return &t
}

// nameAndRoom is what the floor's and the peer's page say.
func nameAndRoom(p person) []string { return []string{p.name(), p.room()} }

func (b *bench) addFloor(ctx context.Context) error {
	path := filepath.Join(b.cfg.programs, "floor")
	env, err := b.benchEnvironment(ctx, "bench_floor")
	if err != nil {
		return err
	}
	s, err := b.newServer("floor", "/", []string{path}, env)
	if err != nil {
		return err
	}
	if s.size, err = fileSize(path); err != nil {
		return err
	}
	b.addTool(tool{name: "floor", server: s, clientID: "bench", loginPath: "/login", launchPath: "/launch", proof: nameAndRoom})
	return s.start(ctx)
}

// addLTIJS makes two tools of one server: the key set that it fetches at each
// launch is what its manual shows, a fixed key is the fastest it offers.
func (b *bench) addLTIJS(ctx context.Context) error {
	env, err := b.benchEnvironment(ctx, "bench_ltijs")
	if err != nil {
		return err
	}
	s, err := b.newServer("ltijs", "/launch", []string{"node", filepath.Join(b.cfg.ltijs, "server.js")}, env)
	if err != nil {
		return err
	}
	for _, way := range []struct{ name, clientID string }{{"ltijs, key set", "keyset"}, {"ltijs, fixed key", "key"}} {
		b.addTool(tool{
			name: way.name, server: s, clientID: way.clientID, loginPath: "/login", launchPath: "/launch",
			slow: true, proof: nameAndRoom,
		})
	}
	return s.start(ctx)
}

// benchEnvironment is what floor and peer are told.
func (b *bench) benchEnvironment(ctx context.Context, database string) (func(port string) []string, error) {
	address, err := b.postgres.create(ctx, database)
	if err != nil {
		return nil, err
	}
	key, err := json.Marshal(b.platform.jwk())
	if err != nil {
		return nil, err
	}
	return func(port string) []string {
		return []string{
			"BENCH_PORT=" + port, "BENCH_DATABASE=" + address, "BENCH_ISSUER=" + b.platform.issuer,
			"BENCH_JWK=" + string(key), "BENCH_SECRET=" + bbbSecret,
		}
	}, nil
}

// addClassbridge configures the program as an operator does: by its environment
// and its command.
func (b *bench) addClassbridge(ctx context.Context) error {
	path := filepath.Join(b.cfg.programs, "classbridge")
	database, err := b.postgres.create(ctx, "bench_classbridge")
	if err != nil {
		return err
	}
	s, err := b.newServer("classbridge", "/readyz", []string{path, "serve"}, func(port string) []string {
		return []string{
			"CLASSBRIDGE_URL=http://127.0.0.1:" + port, "CLASSBRIDGE_ADDR=127.0.0.1:" + port,
			"CLASSBRIDGE_DATA=" + filepath.Join(b.dir, "classbridge"), "CLASSBRIDGE_DATABASE_URL=" + database,
			"CLASSBRIDGE_BBB_URL=" + b.bbb + "/bigbluebutton/", "CLASSBRIDGE_BBB_SECRET=" + bbbSecret,
		}
	})
	if err != nil {
		return err
	}
	if s.size, err = fileSize(path); err != nil {
		return err
	}
	b.addTool(tool{
		name: "classbridge", server: s, clientID: "bench", loginPath: "/lti/login", launchPath: "/lti/launch", hasRooms: true,
		proof: func(p person) []string { return []string{p.room(), p.role} },
	})
	if err := s.start(ctx); err != nil {
		return err
	}
	return b.addPlatform(ctx, s, path, b.platform.issuer)
}

func (b *bench) addPlatform(ctx context.Context, s *server, path, issuer string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "platform", "add", "--name=Bench", "--issuer="+issuer, "--client-id=bench",
		"--auth-url="+issuer+"/auth", "--token-url="+issuer+"/token", "--jwks-url="+issuer+"/jwks",
		"--deployment-id="+deploymentID, "--on-premises")
	cmd.Env, cmd.Stderr = s.env, os.Stderr
	return cmd.Run()
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
