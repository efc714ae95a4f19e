package main

import (
	"cmp"
	"context"
	"strings"
	"time"

	"classbridge/classroom"
)

type platformList struct {
	JSON bool `name:"json" help:"For scripts; says everything."`
}

// shownPlatform is a registration for scripts.
type shownPlatform struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Issuer         string            `json:"issuer"`
	ClientID       string            `json:"client_id"`
	AuthURL        string            `json:"auth_url"`
	TokenURL       string            `json:"token_url"`
	JWKSURL        string            `json:"jwks_url"`
	Audience       string            `json:"audience,omitempty"`
	Family         string            `json:"family,omitempty"`
	Version        string            `json:"version,omitempty"`
	Disabled       bool              `json:"disabled"`
	Pending        bool              `json:"pending"`
	OnPremises     bool              `json:"on_premises"`
	AllowAnonymous bool              `json:"allow_anonymous"`
	RequireName    bool              `json:"require_name"`
	RequireContext bool              `json:"require_context"`
	Record         bool              `json:"record"`
	Channels       string            `json:"channels"`
	NewDeployments string            `json:"new_deployments"`
	FrameOrigins   []string          `json:"frame_origins"`
	Start          string            `json:"start"`
	ChatGuests     string            `json:"chat_guests,omitempty"`    // empty: as the school
	NamesInPosts   string            `json:"names_in_posts,omitempty"` // empty: as the school
	RecordNotice   string            `json:"record_notice,omitempty"`
	Pilot          []string          `json:"pilot,omitempty"`
	RoleSwitches   map[string]bool   `json:"role_switches"`
	Deployments    map[string]string `json:"deployments"` // id to state

	Progress map[classroom.Step]time.Time `json:"progress,omitempty"` // steps that were reached, and when
}

// Run implements the command.
func (c platformList) Run(ctx context.Context, p *program) error {
	var shown []shownPlatform
	err := p.onStore(ctx, func(s *store) (err error) {
		shown, err = s.shownPlatforms(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(shown)
	}
	var rows [][]string
	for _, s := range shown {
		rows = append(rows, []string{s.ID, s.Name, s.Issuer, s.ClientID, s.enabled(), s.deployments(), s.progress()})
	}
	p.printTable("ID NAME ISSUER CLIENT ENABLED DEPLOYMENTS PROGRESS", rows)
	return nil
}

func (s *store) shownPlatforms(ctx context.Context) ([]shownPlatform, error) {
	platforms, err := s.ListPlatforms(ctx, classroom.DefaultTenant)
	if err != nil {
		return nil, err
	}
	shown := []shownPlatform{}
	for _, p := range platforms {
		deployments, err := s.Deployments(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		shown = append(shown, newShownPlatform(p, deployments))
	}
	return shown, nil
}

func newShownPlatform(p classroom.Platform, deployments []classroom.Deployment) shownPlatform {
	s := shownPlatform{
		ID: p.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, AuthURL: p.AuthURL, TokenURL: p.TokenURL, JWKSURL: p.JWKSURL,
		Audience: p.Audience, Family: p.Family, Version: p.Version, Disabled: p.Disabled, Pending: p.Pending, OnPremises: p.OnPremises, AllowAnonymous: p.AllowAnonymous,
		RequireName: p.RequireName, RequireContext: p.RequireContext, Record: p.Record,
		Channels: string(p.Channels), NewDeployments: string(p.NewDeployments),
		Start: string(cmp.Or(p.Starters, classroom.StartModerators)), ChatGuests: string(p.ChatGuests), NamesInPosts: string(p.NamesInPosts),
		RecordNotice: p.RecordNotice, Pilot: p.Pilot,
		FrameOrigins: append([]string{}, p.FrameOrigins...), RoleSwitches: map[string]bool{}, Deployments: map[string]string{},
	}
	for _, name := range classroom.RoleSwitches() {
		s.RoleSwitches[string(name)] = p.Roles.On(name)
	}
	for _, d := range deployments {
		s.Deployments[d.DeploymentID] = string(d.State)
	}
	for _, r := range p.Progress.Steps() {
		if r.At.IsZero() {
			continue
		}
		if s.Progress == nil {
			s.Progress = map[classroom.Step]time.Time{}
		}
		s.Progress[r.Step] = r.At
	}
	return s
}

func (s shownPlatform) enabled() string {
	if s.Pending && !s.Disabled {
		return "pending"
	}
	return yes(!s.Disabled)
}

// progress names the steps of the set-up that were reached.
func (s shownPlatform) progress() string {
	var reached []string
	for _, r := range (classroom.Progress{}).Steps() {
		if _, ok := s.Progress[r.Step]; ok {
			reached = append(reached, string(r.Step))
		}
	}
	return strings.Join(reached, ", ")
}

func (s shownPlatform) deployments() string {
	var active, pending []string
	for id, state := range s.Deployments {
		if state == string(classroom.DeploymentActive) {
			active = append(active, id)
		} else {
			pending = append(pending, id+" (pending)")
		}
	}
	switch all := append(sorted(active), sorted(pending)...); s.NewDeployments {
	case string(classroom.DeploymentFirst):
		return strings.Join(append(all, "the first to come"), ", ")
	case string(classroom.DeploymentActive):
		return strings.Join(append(all, "all to come"), ", ")
	default:
		return strings.Join(all, ", ")
	}
}
