package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
)

// courseCommands are about the courses that have launched the tool.
type courseCommands struct {
	List courseList `cmd:"" help:"List the courses, and how far their lists of members have been read."`
	Sync courseSync `cmd:"" help:"Have the list of a course's members read from the LMS now."`
}

type courseList struct {
	JSON bool `name:"json" help:"For scripts; says everything."`
}

// shownCourse is a course for scripts.
type shownCourse struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Label      string      `json:"label"`
	ContextID  string      `json:"context_id"`
	PlatformID string      `json:"platform_id"`
	Platform   string      `json:"platform"`
	People     int64       `json:"people"`
	Channel    string      `json:"channel"`
	Resembles  string      `json:"resembles,omitempty"` // a course of another registration that it may be
	Replaced   bool        `json:"replaced"`            // by one that was adopted
	Roster     shownRoster `json:"roster"`
}

// shownRoster is how far the list of its members has been read.
type shownRoster struct {
	Offered bool       `json:"offered"`
	State   string     `json:"state"` // none, unread, reading, read or problem
	Members int64      `json:"members"`
	ReadAt  *time.Time `json:"read_at"`
	DueAt   *time.Time `json:"due_at"`
	Problem string     `json:"problem,omitempty"`
	Detail  string     `json:"detail,omitempty"`
}

// Run implements the command.
func (c courseList) Run(ctx context.Context, p *program) error {
	shown := []shownCourse{}
	err := p.onStore(ctx, func(s *store) error {
		courses, err := s.ListCourses(ctx, classroom.DefaultTenant)
		for _, l := range courses {
			shown = append(shown, newShownCourse(l))
		}
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
		rows = append(rows, []string{s.ID, s.Title, s.Platform, strconv.FormatInt(s.People, 10), s.Roster.words(), s.remark()})
	}
	p.printTable("ID TITLE PLATFORM PEOPLE ROSTER REMARK", rows)
	return nil
}

// remark is what an admin may want to do about the course.
func (s shownCourse) remark() string {
	switch {
	case s.Replaced:
		return "replaced by an adopted one"
	case s.Resembles != "":
		return "like " + s.Resembles + ": classbridge adopt plan"
	}
	return ""
}

func newShownCourse(l storage.ListedCourse) shownCourse {
	c, r := l.Course, l.Roster
	return shownCourse{
		ID: c.ID, Title: c.Name(), Label: c.Label, ContextID: c.ContextID, PlatformID: c.PlatformID, Platform: l.Platform,
		People: l.People, Channel: string(c.Channel), Resembles: c.Resembles, Replaced: c.Replaced(),
		Roster: shownRoster{
			Offered: c.HasRoster(), State: rosterState(c, r), Members: r.Members, ReadAt: timeOrNull(r.ReadAt), DueAt: timeOrNull(r.DueAt),
			Problem: string(r.Problem), Detail: r.Detail,
		},
	}
}

func rosterState(c classroom.Course, r classroom.Roster) string {
	switch {
	case !c.HasRoster():
		return "none"
	case r.Problem != "":
		return "problem"
	case !r.PassAt.IsZero():
		return "reading"
	case r.ReadAt.IsZero():
		return "unread"
	}
	return "read"
}

func (r shownRoster) words() string {
	switch r.State {
	case "problem":
		return "problem: " + r.Problem
	case "read":
		return fmt.Sprintf("%d members, read %s UTC", r.Members, r.ReadAt.Format(time.DateTime))
	}
	return r.State
}

// timeOrNull is nil for what has never happened.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type courseSync struct {
	IDs []string `arg:"" name:"id" help:"Id of the course; several at once."`
}

// Run implements the command. The server reads; nothing waits for it.
func (c courseSync) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		var failed error
		for _, id := range c.IDs {
			if err := p.askRoster(ctx, s, id); err != nil {
				failed = errors.Join(failed, fmt.Errorf("course %s: %w", id, err))
			}
		}
		return failed
	})
}

func (p *program) askRoster(ctx context.Context, s *store, id string) error {
	course, err := s.Course(ctx, id)
	switch {
	case classroom.Is(err, classroom.NotFound):
		return errors.New("there is none with this id: classbridge course list")
	case err != nil:
		return err
	case !course.HasRoster():
		return errors.New("its LMS does not offer the list of members")
	}
	room := classroom.Classroom{Store: s, Now: p.now}
	if err := room.AskRoster(ctx, course); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "the members of %s will be read\n", cmp.Or(course.Name(), id))
	return nil
}
