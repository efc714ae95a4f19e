package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
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
	return errors.Join(s.applyOrigins(p), s.applyRoles(p))
}

func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}

// applyOrigins keeps scheme and host alone: what frame-ancestors compares.
func (s platformSwitches) applyOrigins(p *classroom.Platform) error {
	if len(s.FrameOrigin) == 0 {
		return nil
	}
	var wrong []error
	p.FrameOrigins = nil
	for _, o := range s.FrameOrigin {
		u, err := url.Parse(o)
		if err != nil || !isWeb(o) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || strings.ContainsAny(o, " ;,'") {
			wrong = append(wrong, fmt.Errorf("--frame-origin %q is not an origin such as https://portal.example.org", o))
			continue
		}
		p.FrameOrigins = append(p.FrameOrigins, u.Scheme+"://"+u.Host)
	}
	return errors.Join(wrong...)
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
