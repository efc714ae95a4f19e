package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"classbridge/classroom"

	"golang.org/x/text/language"
)

// settingsCommands are about what a school decides for all its platforms.
type settingsCommands struct {
	Show settingsShow `cmd:"" help:"Show all settings."`
	Set  settingsSet  `cmd:"" help:"Change one."`
}

// setting is one field of the tenant as people write it.
type setting struct {
	name string
	help string
	get  func(classroom.Tenant) string
	set  func(t *classroom.Tenant, value string) error
}

// settings are all of them, in the order in which they are shown.
func settings() []setting {
	return []setting{
		{"name", "the school's name",
			func(t classroom.Tenant) string { return t.Name },
			func(t *classroom.Tenant, v string) error { t.Name = v; return nil }},
		{"locale", "language of posts where the LMS names none, such as en or pt-BR",
			func(t classroom.Tenant) string { return t.Locale },
			func(t *classroom.Tenant, v string) error { return setLocale(t, v) }},
		{"time-zone", "of times in posts, such as Europe/Berlin",
			func(t classroom.Tenant) string { return t.TimeZone },
			func(t *classroom.Tenant, v string) error { return setTimeZone(t, v) }},
		{"chat-guests", "members of a channel whose account is not linked: wait (in the lobby), viewer or refuse",
			func(t classroom.Tenant) string { return string(t.ChatGuests) },
			func(t *classroom.Tenant, v string) error { return setChatGuests(t, v) }},
		{"names-in-posts", "posts name who attended: true or false",
			func(t classroom.Tenant) string { return strconv.FormatBool(t.NamesInPosts) },
			func(t *classroom.Tenant, v string) error { return setBool(&t.NamesInPosts, v) }},
		{"match-email", "an equal e-mail address is enough to be added to the channel: true or false",
			func(t classroom.Tenant) string { return strconv.FormatBool(t.MatchEmail) },
			func(t *classroom.Tenant, v string) error { return setBool(&t.MatchEmail, v) }},
	}
}

func setLocale(t *classroom.Tenant, v string) error {
	tag, err := language.Parse(v)
	if err != nil {
		return fmt.Errorf("%q is not a language such as en or pt-BR", v)
	}
	t.Locale = tag.String()
	return nil
}

func setTimeZone(t *classroom.Tenant, v string) error {
	if _, err := time.LoadLocation(v); err != nil || v == "" || v == "Local" {
		return fmt.Errorf("%q is not a time zone such as Europe/Berlin", v)
	}
	t.TimeZone = v
	return nil
}

func setChatGuests(t *classroom.Tenant, v string) error {
	known := []classroom.GuestPolicy{classroom.GuestsWait, classroom.GuestsEnter, classroom.GuestsRefused}
	if !slices.Contains(known, classroom.GuestPolicy(v)) {
		return fmt.Errorf("%q is none of wait, viewer, refuse", v)
	}
	t.ChatGuests = classroom.GuestPolicy(v)
	return nil
}

func setBool(b *bool, v string) error {
	on, err := strconv.ParseBool(v)
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", v)
	}
	*b = on
	return nil
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
		for _, one := range settings() {
			values[one.name] = one.get(t)
			rows = append(rows, []string{one.name, one.get(t), one.help})
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
	all := settings()
	i := slices.IndexFunc(all, func(s setting) bool { return s.name == c.Key })
	if i < 0 {
		return usageError{fmt.Errorf("there is no setting %q: one of %s", c.Key, strings.Join(settingNames(all), ", "))}
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		t, err := s.Tenant(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		if err := all[i].set(&t, c.Value); err != nil {
			return usageError{fmt.Errorf("%s: %w", c.Key, err)}
		}
		return s.SaveTenant(ctx, t)
	})
}

func settingNames(all []setting) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.name)
	}
	return names
}
