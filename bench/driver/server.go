//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// server is one process that is measured.
type server struct {
	name    string
	command []string
	env     []string
	url     string
	ready   string // a path that answers below 500 when the server is ready
	core    string
	log     string // path

	process    *exec.Cmd
	readyAfter time.Duration // from the start of the process, the last time
	idleFrom   time.Duration // CPU used until nothing happened any more

	loaded     int64           // memory after all launches
	startTimes []time.Duration // with what the launches left in the database
	idle       int64           // memory when nothing has happened for idleTime
	idleCPU    time.Duration   // used in that time
	size       int64           // of the program's file
}

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 25 * time.Second
	idleTime     = 10 * time.Second
)

// newServer is for a command that is told its port.
func (b *bench) newServer(name, ready string, command []string, env func(port string) []string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	s := &server{
		name: name, command: command, url: "http://" + address, ready: ready, core: b.cfg.core,
		log: filepath.Join(b.dir, name+".log"),
		env: append(plainEnvironment(), env(port)...),
	}
	b.servers = append(b.servers, s)
	return s, nil
}

// plainEnvironment is ours without what would configure the program.
func plainEnvironment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "CLASSBRIDGE_") {
			env = append(env, v)
		}
	}
	return append(env, "GOMAXPROCS=1", "NODE_ENV=production")
}

// start returns when the server is ready.
func (s *server) start(ctx context.Context) error {
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("taskset", append([]string{"-c", s.core}, s.command...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process = cmd
	if err := s.await(ctx, started); err != nil {
		return fmt.Errorf("%s: %w\n%s", s.name, err, s.lastWords())
	}
	s.readyAfter = time.Since(started)
	return nil
}

// await asks until the server answers.
func (s *server) await(ctx context.Context, started time.Time) error {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(started) < startTimeout && ctx.Err() == nil {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+s.ready, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode < http.StatusInternalServerError {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("not ready after %s", startTimeout)
}

func (s *server) pid() int { return s.process.Process.Pid }

// stop asks the process to end, and makes it end.
func (s *server) stop() {
	if s.process == nil {
		return
	}
	p := s.process
	late := time.AfterFunc(stopTimeout, func() { _ = p.Process.Kill() })
	defer late.Stop()
	_ = p.Process.Signal(syscall.SIGTERM)
	_ = p.Wait()
	s.process = nil
}

func (s *server) beginIdle() (err error) {
	s.idleFrom, err = cpuTime(s.pid())
	return err
}

func (s *server) measureIdle() error {
	used, err := cpuTime(s.pid())
	if err != nil {
		return err
	}
	s.idleCPU = used - s.idleFrom
	s.idle, err = residentMemory(s.pid())
	return err
}

// lastWords is the end of the server's log.
func (s *server) lastWords() string {
	text, _ := os.ReadFile(s.log)
	return string(text[max(0, len(text)-2000):])
}
