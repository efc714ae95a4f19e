package program

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is `classbridge serve`, which can be killed and started again.
type Process struct {
	Address string // host:port on which it listens

	binary string
	env    []string
	output *Output
	cmd    *exec.Cmd
	exited chan struct{}
}

// Output is everything that the program and its commands have printed.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String is what was printed so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Start starts the process and waits until it is ready.
func (p *Process) Start(t testing.TB) {
	t.Helper()
	p.Launch(t)
	p.AwaitReady(t)
}

// Use makes it a process of another version, from the next start or command on.
func (p *Process) Use(t testing.TB, b *Binary) {
	t.Helper()
	p.binary = b.Path(t)
}

// Launch starts the process and does not wait for it.
func (p *Process) Launch(t testing.TB) {
	t.Helper()
	cmd := exec.Command(p.binary, "serve")
	cmd.Env, cmd.Stdout, cmd.Stderr = p.env, p.output, p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	p.cmd, p.exited = cmd, exited
}

// AwaitReady returns when /readyz says so.
func (p *Process) AwaitReady(t testing.TB) {
	t.Helper()
	client := &http.Client{Timeout: 5 * time.Second}
	deadline := time.After(60 * time.Second)
	for {
		if resp, err := client.Get("http://" + p.Address + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-p.exited:
			t.Fatalf("the program ended at start:\n%s", p.lastWords())
		case <-deadline:
			t.Fatalf("the program is not ready after a minute:\n%s", p.lastWords())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Kill is kill -9.
func (p *Process) Kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.exited
	p.cmd = nil
}

// Stop asks the program to end, as an operator does, and fails the test if it
// does not end in good order.
func (p *Process) Stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.exited:
	case <-time.After(30 * time.Second):
		t.Fatal("the program has not ended 30 s after it was asked to")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the program ended with exit code %d:\n%s", code, p.lastWords())
	}
	p.cmd = nil
}

func (p *Process) lastWords() string {
	text := p.output.String()
	return text[max(0, len(text)-4000):]
}

// Command runs one of the program's commands beside the running one and returns
// what it prints. A failure fails the test.
func (p *Process) Command(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.binary, args...)
	var out bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.env, strings.NewReader(stdin), &out, p.output
	err := cmd.Run()
	_, _ = p.output.Write(out.Bytes())
	if err != nil {
		t.Fatalf("classbridge %s: %v\n%s", strings.Join(args[:min(2, len(args))], " "), err, p.lastWords())
	}
	return out.String()
}

// environment is that of the process: ours without what would configure it.
func environment(extra ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "CLASSBRIDGE_") {
			env = append(env, v)
		}
	}
	return append(env, extra...)
}
