package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"classbridge/classroom"

	"golang.org/x/text/language"
)

// Setting is one thing that a school decides for all its platforms, as people
// write it. The command and the console's page change them by this one table.
type Setting struct {
	Name string
	Help string // for the command
	Get  func(classroom.Tenant) string
	set  func(t *classroom.Tenant, value string) *classroom.InputError
}

// Settings are all of them, in the order in which they are shown.
func Settings() []Setting {
	return []Setting{
		{"name", "the school's name",
			func(t classroom.Tenant) string { return t.Name }, setName},
		{"locale", "language of posts where the LMS names none, such as en or pt-BR",
			func(t classroom.Tenant) string { return t.Locale }, setLocale},
		{"languages", "languages that are offered, such as \"en de\"; empty: all",
			func(t classroom.Tenant) string { return t.Languages }, setLanguages},
		{"time-zone", "of times in posts, such as Europe/Berlin",
			func(t classroom.Tenant) string { return t.TimeZone }, setTimeZone},
		{"chat-guests", "members of a channel whose account is not linked: wait (in the lobby), viewer or refuse",
			func(t classroom.Tenant) string { return string(t.ChatGuests) }, setChatGuests},
		{"names-in-posts", "posts name who attended: true or false",
			func(t classroom.Tenant) string { return strconv.FormatBool(t.NamesInPosts) },
			func(t *classroom.Tenant, v string) *classroom.InputError {
				return setBool(&t.NamesInPosts, "names-in-posts", v)
			}},
		{"match-email", "an equal e-mail address is enough to be added to the channel: true or false",
			func(t classroom.Tenant) string { return strconv.FormatBool(t.MatchEmail) },
			func(t *classroom.Tenant, v string) *classroom.InputError {
				return setBool(&t.MatchEmail, "match-email", v)
			}},
	}
}

// SettingsOf are the tenant's settings by name.
func SettingsOf(t classroom.Tenant) map[string]string {
	values := map[string]string{}
	for _, s := range Settings() {
		values[s.Name] = s.Get(t)
	}
	return values
}

// Apply changes a tenant; *classroom.InputErrors say which values cannot be meant.
func Apply(t *classroom.Tenant, values map[string]string) error {
	var wrong []error
	for _, s := range Settings() {
		value, given := values[s.Name]
		if !given {
			continue
		}
		if err := s.set(t, strings.TrimSpace(value)); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

func setName(t *classroom.Tenant, v string) *classroom.InputError {
	if len([]rune(v)) > 100 || !plain(v) {
		return wrongSetting("name", "console.settings.wrong.name", "a name is one line of 100 characters at most")
	}
	t.Name = v
	return nil
}

func setLocale(t *classroom.Tenant, v string) *classroom.InputError {
	tag, err := language.Parse(v)
	if err != nil || v == "" {
		return wrongSetting("locale", "console.settings.wrong.locale", "%q is not a language such as en or pt-BR", v)
	}
	t.Locale = tag.String()
	return nil
}

// setLanguages keeps the tags in their usual form, each once.
func setLanguages(t *classroom.Tenant, v string) *classroom.InputError {
	var tags []string
	for _, one := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' }) {
		tag, err := language.Parse(one)
		if err != nil || len(tags) > 30 {
			return wrongSetting("languages", "console.settings.wrong.locale", "%q is not a language such as en or pt-BR", one)
		}
		if !slices.Contains(tags, tag.String()) {
			tags = append(tags, tag.String())
		}
	}
	t.Languages = strings.Join(tags, " ")
	return nil
}

func setTimeZone(t *classroom.Tenant, v string) *classroom.InputError {
	if _, err := time.LoadLocation(v); err != nil || v == "" || v == "Local" {
		return wrongSetting("time-zone", "console.settings.wrong.zone", "%q is not a time zone such as Europe/Berlin", v)
	}
	t.TimeZone = v
	return nil
}

func setChatGuests(t *classroom.Tenant, v string) *classroom.InputError {
	if !slices.Contains(classroom.GuestPolicies(), classroom.GuestPolicy(v)) {
		return wrongSetting("chat-guests", "console.settings.wrong.choice", "%q is none of wait, viewer, refuse", v)
	}
	t.ChatGuests = classroom.GuestPolicy(v)
	return nil
}

func setBool(b *bool, name, v string) *classroom.InputError {
	on, err := strconv.ParseBool(v)
	if err != nil {
		return wrongSetting(name, "console.settings.wrong.choice", "%q is neither true nor false", v)
	}
	*b = on
	return nil
}

func wrongSetting(field, text, format string, args ...any) *classroom.InputError {
	return &classroom.InputError{Field: field, Message: text, Err: fmt.Errorf("%s: %w", field, fmt.Errorf(format, args...))}
}

// ChangeSettings changes the settings of the tenant that is looked at, as it is by
// now: what the visitor saw may be older than somebody's word that it is disabled.
func (c *Console) ChangeSettings(ctx context.Context, v Visitor, values map[string]string) error {
	var mistyped error
	act := Act{Name: "school.change"}
	err := c.Store.AdminTx(ctx, func(q Queries) error {
		was, err := q.Tenant(ctx, v.Tenant.ID)
		if err != nil {
			return err
		}
		t := was
		if mistyped = Apply(&t, values); mistyped != nil {
			return mistyped
		}
		act.Detail = Changes(SettingsOf(was), SettingsOf(t))
		return q.SaveTenant(ctx, t)
	})
	if mistyped != nil {
		return mistyped
	}
	return c.Record(ctx, v, act, err)
}
