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
		if platform.Pending {
			platform.Pending = false
			if err := s.SavePlatform(ctx, platform); err != nil {
				return err
			}
		}
		deployments, err := s.Deployments(ctx, platform.ID)
		if err != nil {
			return err
		}
		for _, d := range deployments {
			if d.State != classroom.DeploymentPending {
				continue
			}
			d.State = classroom.DeploymentActive
			if err := s.SaveDeployment(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
}
