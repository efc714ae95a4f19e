package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"classbridge/classroom"
)

// platformSwitches are what a school decides for a platform; what is not given
// stays as it is.
type platformSwitches struct {
	Channels       string          `name:"channels" enum:",first-launch,asked,never" default:"" placeholder:"WHEN" help:"A course gets its channel at a teacher's first launch (first-launch), when a teacher asks (asked), or never."`
	NewDeployments string          `name:"new-deployments" enum:",pending,first,active" default:"" placeholder:"STATE" help:"Deployments that nobody announced: pending (an admin must approve them), first (the first to come is approved, those after it are pending) or active."`
	Record         *bool           `name:"record" negatable:"" help:"New rooms can be recorded."`
	AllowAnonymous *bool           `name:"allow-anonymous" negatable:"" help:"Accept launches that do not say who it is."`
	RequireName    *bool           `name:"require-name" negatable:"" help:"Refuse launches that do not tell the person's name, instead of asking for one."`
	RequireContext *bool           `name:"require-context" negatable:"" help:"Refuse launches from outside a course, instead of opening a room without its features."`
	OnPremises     *bool           `name:"on-premises" negatable:"" help:"Allow http and private addresses for the hosts of this platform."`
	FrameOrigin    []string        `name:"frame-origin" placeholder:"ORIGIN" sep:"none" help:"Another origin whose pages may frame ours, such as https://portal.example.org. Repeat it; all that are to be."`
	Start          string          `name:"start" enum:",moderators,course" default:"" placeholder:"WHO" help:"Who may start a class: moderators, or everybody whom the course counts (course)."`
	ChatGuests     string          `name:"chat-guests" enum:",wait,viewer,refuse,as-school" default:"" placeholder:"HOW" help:"Members of a channel whose account is not linked: wait (in the lobby), viewer, refuse, or as the school has it (as-school)."`
	NamesInPosts   string          `name:"names-in-posts" enum:",shown,hidden,as-school" default:"" placeholder:"HOW" help:"Names of who attended in posts: shown, hidden, or as the school has it (as-school)."`
	RecordNotice   *string         `name:"record-notice" placeholder:"TEXT" help:"What people read who may be recorded, beside our own words; empty: nothing."`
	PilotCourse    []string        `name:"pilot-course" placeholder:"COURSE" sep:"none" help:"A course that takes part, by the LMS's id or short name; the others get no classes and no channel. Repeat it; all that are to."`
	NoPilot        bool            `name:"no-pilot" help:"All courses take part."`
	RoleSwitch     map[string]bool `name:"role-switch" placeholder:"NAME=true|false" help:"Who moderates. Names: ${roleSwitches}."`
}

// apply changes what was given.
func (s platformSwitches) apply(p *classroom.Platform) error {
	if s.Channels != "" {
		p.Channels = classroom.ChannelPolicy(s.Channels)
	}
	if s.NewDeployments != "" {
		p.NewDeployments = classroom.DeploymentState(s.NewDeployments)
	}
	set(&p.Record, s.Record)
	set(&p.AllowAnonymous, s.AllowAnonymous)
	set(&p.RequireName, s.RequireName)
	set(&p.RequireContext, s.RequireContext)
	set(&p.OnPremises, s.OnPremises)
	return errors.Join(s.applyOrigins(p), s.applyRoles(p), s.applyPolicies(p))
}

// applyPolicies changes who may do what.
func (s platformSwitches) applyPolicies(p *classroom.Platform) error {
	if s.Start != "" {
		p.Starters = classroom.StartPolicy(s.Start)
	}
	if s.ChatGuests != "" {
		p.ChatGuests = classroom.GuestPolicy(ofSchool(s.ChatGuests))
	}
	if s.NamesInPosts != "" {
		p.NamesInPosts = classroom.NamesPolicy(ofSchool(s.NamesInPosts))
	}
	set(&p.RecordNotice, s.RecordNotice)
	switch {
	case s.NoPilot && len(s.PilotCourse) > 0:
		return errors.New("--no-pilot and --pilot-course exclude each other")
	case s.NoPilot:
		p.Pilot = nil
	case len(s.PilotCourse) > 0:
		p.Pilot = s.PilotCourse
	}
	checked, err := classroom.CheckPolicies(*p)
	*p = checked
	return err
}

// ofSchool is what no platform decides: empty.
func ofSchool(policy string) string { return strings.TrimPrefix(policy, "as-school") }

func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}

func (s platformSwitches) applyOrigins(p *classroom.Platform) error {
	if len(s.FrameOrigin) == 0 {
		return nil
	}
	origins, err := classroom.ReadFrameOrigins(s.FrameOrigin)
	p.FrameOrigins = origins
	return err
}

func (s platformSwitches) applyRoles(p *classroom.Platform) error {
	var wrong []error
	switches := maps.Clone(p.Roles.Switches)
	for name, on := range s.RoleSwitch {
		known := classroom.RoleSwitch(name)
		if !slices.Contains(classroom.RoleSwitches(), known) {
			wrong = append(wrong, fmt.Errorf("there is no role switch %q: one of %s", name, roleSwitchNames()))
			continue
		}
		if switches == nil {
			switches = map[classroom.RoleSwitch]bool{}
		}
		switches[known] = on
		if on == known.Default() {
			delete(switches, known)
		}
	}
	p.Roles.Switches = switches
	return errors.Join(wrong...)
}

func roleSwitchNames() string {
	var names []string
	for _, s := range classroom.RoleSwitches() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}
