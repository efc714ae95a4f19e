package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"classbridge/classroom"

	"github.com/google/uuid"
)

type platformEdit struct {
	ID string `arg:"" help:"Id or name of the registration."`
	platformAddresses
	DeploymentID     []string `name:"deployment-id" placeholder:"ID" sep:"none" help:"Approve a deployment; repeat it for several."`
	RevokeDeployment []string `name:"revoke-deployment" placeholder:"ID" sep:"none" help:"Take the approval of a deployment back."`
	platformSwitches
}

// Run implements the command.
func (c platformEdit) Run(ctx context.Context, p *program) error {
	return p.changePlatform(ctx, c.ID, func(s *store, platform classroom.Platform) error {
		c.platformAddresses.form().Apply(&platform)
		if err := errors.Join(c.platformSwitches.apply(&platform), classroom.CheckPlatform(platform)); err != nil {
			return usageError{err}
		}
		if err := s.SavePlatform(ctx, platform); err != nil {
			return err
		}
		if err := p.warnIfMistakable(ctx, s, platform); err != nil {
			return err
		}
		for _, id := range c.DeploymentID {
			if err := s.setDeployment(ctx, p, platform, id, classroom.DeploymentActive); err != nil {
				return err
			}
		}
		for _, id := range c.RevokeDeployment {
			if err := s.setDeployment(ctx, p, platform, id, classroom.DeploymentPending); err != nil {
				return err
			}
		}
		return nil
	})
}

// setDeployment approves a deployment, or takes that back, whether it has been
// seen in a launch or not.
func (s *store) setDeployment(ctx context.Context, p *program, platform classroom.Platform, id string, state classroom.DeploymentState) error {
	d, found, err := s.FindDeployment(ctx, platform.ID, id)
	if err != nil {
		return err
	}
	if found {
		d.State = state
		return s.SaveDeployment(ctx, d)
	}
	return s.CreateDeployment(ctx, classroom.Deployment{
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: platform.TenantID, PlatformID: platform.ID,
		DeploymentID: id, State: state, CreatedAt: p.now(),
	})
}

type platformDisable struct {
	ID string `arg:"" help:"Id or name of the registration."`
}

// Run implements the command.
func (c platformDisable) Run(ctx context.Context, p *program) error {
	return p.changePlatform(ctx, c.ID, func(s *store, platform classroom.Platform) error {
		_, err := p.domainOf(s).SwitchPlatform(ctx, platform.TenantID, platform.ID, true)
		return err
	})
}

type platformEnable struct {
	ID string `arg:"" help:"Id or name of the registration."`
}

// Run implements the command.
func (c platformEnable) Run(ctx context.Context, p *program) error {
	return p.changePlatform(ctx, c.ID, func(s *store, platform classroom.Platform) error {
		_, err := p.domainOf(s).SwitchPlatform(ctx, platform.TenantID, platform.ID, false)
		return err
	})
}

// domainOf is the domain as far as it asks no LMS, no BigBlueButton and no chat.
func (p *program) domainOf(s *store) *classroom.Classroom {
	return &classroom.Classroom{Store: s, Now: p.now, Log: slog.New(slog.DiscardHandler)}
}

func (p *program) changePlatform(ctx context.Context, wish string, change func(*store, classroom.Platform) error) error {
	return p.onStore(ctx, func(s *store) error {
		platform, err := s.findPlatform(ctx, wish)
		if err != nil {
			return err
		}
		return change(s, platform)
	})
}

// findPlatform takes an id, or a name that only one registration has.
func (s *store) findPlatform(ctx context.Context, wish string) (classroom.Platform, error) {
	platforms, err := s.ListPlatforms(ctx, classroom.DefaultTenant)
	if err != nil {
		return classroom.Platform{}, err
	}
	var named []classroom.Platform
	for _, p := range platforms {
		if p.ID == wish {
			return p, nil
		}
		if p.Name == wish {
			named = append(named, p)
		}
	}
	switch len(named) {
	case 0:
		return classroom.Platform{}, fmt.Errorf("there is no platform %q: classbridge platform list", wish)
	case 1:
		return named[0], nil
	}
	return classroom.Platform{}, fmt.Errorf("%d platforms are called %q: give the id (classbridge platform list)", len(named), wish)
}
