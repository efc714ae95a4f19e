//go:build linux

// Driver measures LTI launches. It plays the platform and the browsers against
// the program, the floor and ltijs, which it starts one beside the other on the
// same PostgreSQL, and prints one table and whether the targets are met. Then it
// plays an LMS with rosters and gradebooks, and prints what those take.
//
// A launch is all that the tool does for it: login, id_token, and the page that
// it leads to. It is measured in two stages: all logins, then (off the clock, for
// it costs the platform more than the tool) the signatures of all id_tokens, then
// all launches with their pages. Tools take turns, so that a slow minute of the
// machine hits all of them.
//
// CPU time is what the kernel counted for each process; it says more than rates
// do, because on a small machine the driver and PostgreSQL take their share.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type config struct {
	postgres string // address of a server on which databases may be made
	programs string // folder of floor and classbridge
	ltijs    string // folder of server.js
	tools    string // comma-separated
	rounds   int
	core     string // of the tools
}

func run(ctx context.Context, args []string) error {
	var cfg config
	flags := flag.NewFlagSet("driver", flag.ContinueOnError)
	flags.StringVar(&cfg.postgres, "postgres", os.Getenv("CLASSBRIDGE_TEST_POSTGRES"), "`address` of a PostgreSQL server for the tools' databases")
	flags.StringVar(&cfg.programs, "programs", "bin", "`folder` of the programs floor and classbridge")
	flags.StringVar(&cfg.ltijs, "ltijs", "bench/ltijs", "`folder` of server.js and its node_modules")
	flags.StringVar(&cfg.tools, "tools", "floor,classbridge,ltijs,services", "what to measure")
	flags.IntVar(&cfg.rounds, "rounds", 5, "how often each measurement of launches is made; 0: not at all")
	flags.StringVar(&cfg.core, "core", "0", "the core that the tools run on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b, err := newBench(ctx, cfg)
	if err != nil {
		return err
	}
	defer b.close()
	if cfg.rounds > 0 {
		r, err := b.measure(ctx)
		if err != nil {
			return err
		}
		r.print(os.Stdout)
	}
	if !cfg.has("services") {
		return nil
	}
	r, err := b.services(ctx)
	if err != nil {
		return err
	}
	fmt.Println()
	r.print(os.Stdout)
	return nil
}

// has reports whether that tool is to be measured.
func (c config) has(tool string) bool {
	for name := range strings.SplitSeq(c.tools, ",") {
		if name == tool {
			return true
		}
	}
	return false
}
