// Command classbridge is the whole program: the LTI tool that schools add to
// their LMS, its workers, and the commands by which an operator runs it.
//
// Each subcommand has a file of its own. What a running server is made of is
// put together in wire.go; nothing else knows every part.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/caarlos0/env/v11"
)

// Exit codes: of a command that failed, and of one that was called, or
// configured, wrongly.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice is in a hurry: the second signal kills
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// program is what a command runs with: nothing of it is global, so that tests
// run commands as values.
type program struct {
	env map[string]string
	in  io.Reader
	out io.Writer
	err io.Writer
	now func() time.Time

	doing doing // what the audit log is to hear of
}

// run is the program as a function; it returns the exit code.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errs io.Writer) int {
	p := &program{env: env.ToMap(environ), in: in, out: out, err: errs, now: time.Now}
	return p.exit(p.run(ctx, args))
}

// exit says what went wrong, and returns the exit code.
func (p *program) exit(err error) int {
	var code exitCode
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintf(p.err, "classbridge: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(p.err, "classbridge: %v\n", err)
	return exitFailure
}

func (p *program) run(ctx context.Context, args []string) error {
	command, err := p.parse(args)
	if err != nil {
		return err
	}
	p.doing = doingOf(command)
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(p)
}

// parse reads the command line. Kong ends the process after --help: here that
// comes back as an error.
func (p *program) parse(args []string) (_ *kong.Context, err error) {
	defer func() {
		if code, left := recover().(exitCode); left {
			err = code
		}
	}()
	var grammar commands
	parser, err := kong.New(&grammar,
		kong.Name("classbridge"),
		kong.Description("BigBlueButton classrooms and their Mattermost channels for the courses of an LMS."),
		kong.Vars{"roleSwitches": roleSwitchNames()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Writers(p.out, p.err),
		kong.Exit(func(code int) { panic(exitCode(code)) }),
	)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return nil, usageError{err}
	}
	return command, nil
}

// exitCode ends the program without another word.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// usageError is a command line or a configuration that cannot be meant.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }
