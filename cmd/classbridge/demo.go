package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"syscall"

	"classbridge/cmd/classbridge/demo"
)

// demoPort is where the demo listens when nobody wants it elsewhere and it is free.
const demoPort = 8480

// demoCommand runs the program in a world of stand-ins.
type demoCommand struct {
	Data string `name:"data" placeholder:"DIR" help:"Keep Classbridge's data there. The stand-ins forget: each start is a new school."`
	Port int    `name:"port" placeholder:"N" help:"Port to listen on; 8480 or a free one if not given."`
}

// Run implements the command.
func (c demoCommand) Run(ctx context.Context, p *program) (err error) {
	listeners, port, err := c.listen(ctx)
	if err != nil {
		return err
	}
	defer closeAll(listeners)
	data, forget, err := c.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, forget()) }()

	// What the environment says is about the real installation.
	quiet := &program{env: map[string]string{}, in: p.in, out: p.out, err: p.err, now: p.now}
	log := newLogger(config{level: slog.LevelWarn}, p.err)
	w, err := demo.New(demo.Config{Port: port, HTTP: newClients(nil).own, Now: p.now, Log: log})
	if err != nil {
		return err
	}
	cfg := config{URL: w.Tool(), Data: data}
	release, err := cfg.claim()
	if err != nil {
		return err
	}
	defer release()
	t, err := quiet.newTool(ctx, cfg, log)
	if err != nil {
		return err
	}
	err = t.demo(ctx, p, w, log, listeners)
	return errors.Join(err, t.stop(ctx))
}

// demo introduces the world to the tool and serves both.
func (t *tool) demo(ctx context.Context, p *program, w *demo.World, log *slog.Logger, listeners []net.Listener) error {
	if err := t.store.settle(ctx, w); err != nil {
		return err
	}
	console, err := t.console.FirstLink(ctx)
	if err != nil {
		return err
	}
	console = cmp.Or(console, w.Tool()+"/console") // an account is kept with the data
	s := newHTTPServer(w.Handler(t.handler()), log)
	s.RegisterOnShutdown(t.web.Close)
	// The stand-ins are there until no work needs them any more.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go w.Run(running)
	var stopped error
	go func() {
		<-ctx.Done()
		stopped = t.stopWork(ctx)
		stop()
	}()
	fmt.Fprintf(p.out, "lms: %s\ntool: %s\nbbb: %s\nchat: %s\nconsole: %s\nready\n", w.LMS(), w.Tool(), w.BBB(), w.ChatURL(), console)
	err = serveUntil(running, s, listeners...)
	return errors.Join(err, stopped)
}

// settle writes the world into the database as an operator's commands would, and
// retires that of an earlier start.
func (s *store) settle(ctx context.Context, w *demo.World) error {
	platform, server := w.Platform(), w.Server()
	platforms, err := s.ListPlatforms(ctx, platform.TenantID)
	if err != nil {
		return err
	}
	for _, earlier := range platforms {
		if err := s.DisablePlatform(ctx, earlier.TenantID, earlier.ID); err != nil {
			return err
		}
	}
	servers, err := s.ListServers(ctx, server.TenantID)
	if err != nil {
		return err
	}
	for _, earlier := range servers {
		earlier.Disabled, earlier.UpdatedAt = true, server.UpdatedAt
		if err := s.SaveServer(ctx, earlier); err != nil {
			return err
		}
	}
	return errors.Join(
		s.CreatePlatform(ctx, platform, []string{w.DeploymentID()}),
		s.CreateServer(ctx, server),
		s.SaveChatConnection(ctx, w.Chat()),
	)
}

// folder is where the data goes, and how to be rid of it.
func (c demoCommand) folder() (path string, forget func() error, err error) {
	if c.Data != "" {
		return c.Data, func() error { return nil }, nil
	}
	path, err = os.MkdirTemp("", "classbridge-demo-*")
	return path, func() error { return os.RemoveAll(path) }, err
}

// listen opens the port on loopback alone, for both kinds of addresses: browsers
// try either for names below localhost.
func (c demoCommand) listen(ctx context.Context) (listeners []net.Listener, port int, err error) {
	port = c.Port
	if port == 0 {
		port = demoPort
	}
	listeners, err = listenLoopback(ctx, port)
	if err != nil && c.Port == 0 {
		listeners, err = listenLoopback(ctx, 0)
	}
	if err != nil {
		return nil, 0, err
	}
	return listeners, listeners[0].Addr().(*net.TCPAddr).Port, nil
}

// listenLoopback does without IPv6 where the machine has none.
func listenLoopback(ctx context.Context, port int) ([]net.Listener, error) {
	l4, err := new(net.ListenConfig).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	port = l4.Addr().(*net.TCPAddr).Port
	l6, err := new(net.ListenConfig).Listen(ctx, "tcp6", net.JoinHostPort("::1", strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE): // somebody else would get half of the browsers
		return nil, errors.Join(err, l4.Close())
	case err != nil:
		return []net.Listener{l4}, nil
	}
	return []net.Listener{l4, l6}, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}
