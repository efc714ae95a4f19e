package main

import (
	"context"

	"classbridge/classroom"
)

type platformApprove struct {
	ID string `arg:"" help:"Id or name of the registration."`
}

// Run implements the command: the registration, if it waits for approval, and
// all of its deployments that do.
func (c platformApprove) Run(ctx context.Context, p *program) error {
	return p.changePlatform(ctx, c.ID, func(s *store, platform classroom.Platform) error {
		_, err := p.domainOf(s).ApprovePlatform(ctx, platform.TenantID, platform.ID)
		return err
	})
}
