package main

import (
	"context"
	"fmt"
)

// greet prints the address that makes the first account, as long as there is
// none: one plain line on standard error, where whoever started the program
// looks, and never through the log, which others collect.
func (p *program) greet(ctx context.Context, t *tool) error {
	address, err := t.console.FirstLink(ctx)
	if err != nil || address == "" {
		return err
	}
	fmt.Fprintf(p.err, "Nobody can sign in to the console yet. Make the owner's account within an hour, by this link, which works once: %s\n", address)
	return nil
}
