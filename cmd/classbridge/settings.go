package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"
)

// settingsCommands are about what a school decides for all its platforms.
type settingsCommands struct {
	Show settingsShow `cmd:"" help:"Show all settings."`
	Set  settingsSet  `cmd:"" help:"Change one."`
}

type settingsShow struct {
	JSON bool `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c settingsShow) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		t, err := s.Tenant(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		values, rows := map[string]string{}, [][]string{}
		for _, one := range admin.Settings() {
			values[one.Name] = one.Get(t)
			rows = append(rows, []string{one.Name, one.Get(t), one.Help})
		}
		if c.JSON {
			return p.printJSON(values)
		}
		p.printTable("SETTING VALUE MEANING", rows)
		return nil
	})
}

type settingsSet struct {
	Key   string `arg:"" help:"A name that show lists."`
	Value string `arg:"" help:"The new value."`
}

// Run implements the command.
func (c settingsSet) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	all := admin.Settings()
	if !slices.ContainsFunc(all, func(s admin.Setting) bool { return s.Name == c.Key }) {
		return usageError{fmt.Errorf("there is no setting %q: one of %s", c.Key, strings.Join(settingNames(all), ", "))}
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		was, err := s.Tenant(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		t := was
		if err := admin.Apply(&t, map[string]string{c.Key: c.Value}); err != nil {
			return usageError{err}
		}
		act := admin.Act{Name: "school.change", Detail: admin.Changes(admin.SettingsOf(was), admin.SettingsOf(t))}
		return p.record(ctx, s, act, s.SaveTenant(ctx, t))
	})
}

func settingNames(all []admin.Setting) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}
