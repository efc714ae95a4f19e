package main

import (
	"context"
	"fmt"
	"time"

	"classbridge/classroom"
)

// deploymentCommands are about the placements that LMSs make of the tool (LTI Core
// §3.1.3). Most appear by themselves, at their first launch.
type deploymentCommands struct {
	List    deploymentList    `cmd:"" help:"List the deployments of all registrations, those that wait for approval first."`
	Approve deploymentApprove `cmd:"" help:"Accept the launches of a deployment."`
	Revoke  deploymentRevoke  `cmd:"" help:"Refuse the launches of a deployment from now on, and end its open sessions."`
}

type deploymentList struct {
	Platform string `name:"platform" placeholder:"ID" help:"Id or name of a registration: its deployments only."`
	JSON     bool   `name:"json" help:"For scripts."`
}

// shownDeployment is a deployment for scripts.
type shownDeployment struct {
	ID           string    `json:"id"` // ours
	DeploymentID string    `json:"deployment_id"`
	State        string    `json:"state"`
	PlatformID   string    `json:"platform_id"`
	Platform     string    `json:"platform"`
	Seen         time.Time `json:"seen"` // first
}

// Run implements the command.
func (c deploymentList) Run(ctx context.Context, p *program) error {
	var shown []shownDeployment
	err := p.onStore(ctx, func(s *store) (err error) {
		shown, err = s.shownDeployments(ctx, c.Platform)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(shown)
	}
	var rows [][]string
	for _, d := range shown {
		rows = append(rows, []string{d.ID, d.DeploymentID, d.State, d.Platform, d.Seen.Format(time.DateTime)})
	}
	p.printTable("ID DEPLOYMENT STATE PLATFORM SEEN", rows)
	return nil
}

// shownDeployments lists those of one registration, or of all if wish is empty.
func (s *store) shownDeployments(ctx context.Context, wish string) ([]shownDeployment, error) {
	all, err := s.deployments(ctx, wish)
	if err != nil {
		return nil, err
	}
	pending, others := []shownDeployment{}, []shownDeployment{}
	for _, d := range all {
		one := shownDeployment{
			ID: d.ID, DeploymentID: d.DeploymentID, State: string(d.State),
			PlatformID: d.platform.ID, Platform: d.platform.Name, Seen: d.CreatedAt,
		}
		if d.State == classroom.DeploymentPending {
			pending = append(pending, one)
		} else {
			others = append(others, one)
		}
	}
	return append(pending, others...), nil
}

// deployed is a deployment and whose it is.
type deployed struct {
	classroom.Deployment
	platform classroom.Platform
}

func (s *store) deployments(ctx context.Context, wish string) ([]deployed, error) {
	platforms, err := s.ListPlatforms(ctx, classroom.DefaultTenant)
	if wish != "" && err == nil {
		platforms = make([]classroom.Platform, 1)
		platforms[0], err = s.findPlatform(ctx, wish)
	}
	if err != nil {
		return nil, err
	}
	var all []deployed
	for _, p := range platforms {
		of, err := s.Deployments(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range of {
			all = append(all, deployed{d, p})
		}
	}
	return all, nil
}

// deploymentChoice is which deployment is meant.
type deploymentChoice struct {
	ID       string `arg:"" help:"As listed, ours or the LMS's own."`
	Platform string `name:"platform" placeholder:"ID" help:"Id or name of its registration, where several have one of that id."`
}

type deploymentApprove struct{ deploymentChoice }

// Run implements the command.
func (c deploymentApprove) Run(ctx context.Context, p *program) error {
	return c.set(ctx, p, classroom.DeploymentActive)
}

type deploymentRevoke struct{ deploymentChoice }

// Run implements the command.
func (c deploymentRevoke) Run(ctx context.Context, p *program) error {
	return c.set(ctx, p, classroom.DeploymentPending)
}

func (c deploymentChoice) set(ctx context.Context, p *program, state classroom.DeploymentState) error {
	return p.onStore(ctx, func(s *store) error {
		d, err := s.findDeployment(ctx, c)
		if err != nil {
			return err
		}
		if _, err := p.domainOf(s).SetDeployment(ctx, d.TenantID, d.PlatformID, d.ID, state); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "deployment %q of %s is %s\n", d.DeploymentID, d.platform.Name, state)
		if state == classroom.DeploymentActive && d.platform.Pending {
			p.warn("%s itself waits for approval: classbridge platform approve %s", d.platform.Name, d.platform.ID)
		}
		return nil
	})
}

// findDeployment takes our id, or one of the LMS's that only one deployment has.
func (s *store) findDeployment(ctx context.Context, c deploymentChoice) (deployed, error) {
	all, err := s.deployments(ctx, c.Platform)
	if err != nil {
		return deployed{}, err
	}
	var named []deployed
	for _, d := range all {
		if d.ID == c.ID {
			return d, nil
		}
		if d.DeploymentID == c.ID {
			named = append(named, d)
		}
	}
	switch len(named) {
	case 0:
		return deployed{}, fmt.Errorf("there is no deployment %q: classbridge deployment list", c.ID)
	case 1:
		return named[0], nil
	}
	return deployed{}, fmt.Errorf("%d registrations have a deployment %q: say which with --platform", len(named), c.ID)
}
