package classroom

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// ChatChannels are the channels of the chat's server as an admin of ours sees
// them; package bridge implements it.
type ChatChannels interface {
	// FindChannel looks for a channel of the team by the name in its address:
	// ErrChannelGone if there is none that the bot may see.
	FindChannel(ctx context.Context, tenantID, name string) (ChannelLook, error)
	// LookAtChannel reads a channel as it is now.
	LookAtChannel(ctx context.Context, tenantID, channelID string) (ChannelLook, error)
	// ArchiveChannel archives it; one that is gone is what is wanted.
	ArchiveChannel(ctx context.Context, tenantID, channelID string) error
	// RemoveCommand takes our slash command away; one that is gone is what is wanted.
	RemoveCommand(ctx context.Context, tenantID string) error
	// CountPeople counts who there is, and against what limit.
	CountPeople(ctx context.Context, tenantID string) (ChatCounts, error)
}

// ChannelLook is a channel as the chat has it.
type ChannelLook struct {
	Channel
	Title    string
	Private  bool
	Archived bool
	Inside   bool  // the bot is in it
	Members  int64 // people and bots
}

// CourseChannelQuery asks for the courses of a tenant, by title.
type CourseChannelQuery struct {
	TenantID string
	Search   string        // part of a title, a label, or a channel's name; empty: all
	State    *ChannelState // nil: any
	Offset   int
	Limit    int
}

// CourseChannel is a course with what there is of its channel.
type CourseChannel struct {
	Course   Course
	Platform string // what the registration is called
	Enrolled int64  // who counts
	Members  int64  // of them, who was let in
	Open     int64  // announcements that wait or fail
}

// Presence is why somebody is in the channel of a course, or not.
type Presence string

const (
	PresenceMember    Presence = "member"
	PresenceWaiting   Presence = "waiting"    // to be let in
	PresenceFull      Presence = "full"       // the chat's limit is reached
	PresenceNoAccount Presence = "no_account" // no account has the address
	PresenceNotLinked Presence = "not_linked" // no address to find an account by, or it is not to be used
	PresenceDeadLink  Presence = "dead_link"  // the linked account is not there any more
	PresenceNever     Presence = "never"      // the course was to have no channel when they came
	PresenceUncounted Presence = "uncounted"  // test users, observers, admins
	PresenceLeaving   Presence = "leaving"
	PresenceEnded     Presence = "ended"
)

// Presences are all of them, in the order in which they are listed.
func Presences() []Presence {
	return []Presence{
		PresenceMember, PresenceWaiting, PresenceFull, PresenceNoAccount, PresenceNotLinked, PresenceDeadLink, PresenceNever, PresenceUncounted, PresenceLeaving, PresenceEnded,
	}
}

// PresenceQuery asks for the people of a course, by name.
type PresenceQuery struct {
	CourseID   string
	MatchEmail bool     // of the tenant
	Presence   Presence // empty: any
	Search     string   // part of a name; empty: all
	Offset     int
	Limit      int
}

// PresentMember is somebody of a course, with how they stand towards its channel.
type PresentMember struct {
	Person
	Presence Presence
	Username string    // in the chat, where linked
	Since    time.Time // of an admission
}

// ChannelStore is what the console reads of courses and their channels.
type ChannelStore interface {
	// CourseOf reads a course of the tenant.
	CourseOf(ctx context.Context, tenantID, id string) (Course, error)
	// CourseOfChannel answers the id of a course that has that channel, whichever tenant's.
	CourseOfChannel(ctx context.Context, channelID string) (courseID string, found bool, err error)
	CourseChannels(ctx context.Context, q CourseChannelQuery) ([]CourseChannel, error)
	CountCourseChannels(ctx context.Context, q CourseChannelQuery) (int64, error)
	// WantAllAdmissions lets all who count in a course wait for its channel, members too.
	WantAllAdmissions(ctx context.Context, c Course, at time.Time) error
	// LeaveAgain lets all be taken out of the course's channel once more who were in
	// it and whose enrolment has ended; it answers who they are.
	LeaveAgain(ctx context.Context, courseID string, at time.Time) ([]string, error)
	Presences(ctx context.Context, q PresenceQuery) ([]PresentMember, error)
	CountPresences(ctx context.Context, q PresenceQuery) (map[Presence]int64, error)
}

// ReopenChannel makes the course's channel, or restores the one that it had.
func (c *Classroom) ReopenChannel(ctx context.Context, tenantID, courseID string) (Course, error) {
	return c.changeChannel(ctx, tenantID, courseID, func(tx Tx, course *Course) error {
		if course.Channel.Lasts() {
			return refuse(Conflict, "error.channel_lasts")
		}
		if err := mayHaveChannel(ctx, tx, *course); err != nil {
			return err
		}
		_, connected, err := tx.FindChatConnection(ctx, tenantID)
		if err != nil {
			return err
		}
		if !connected {
			return refuse(Conflict, "error.chat_none")
		}
		course.Channel = ChannelWanted
		if err := tx.WantAllAdmissions(ctx, *course, c.Now()); err != nil {
			return err
		}
		return tx.Enqueue(ctx, OpenChannel{CourseID: course.ID}, time.Time{})
	})
}

// mayHaveChannel refuses a course whose pages would not lead to its channel: one of
// a platform that is to have none, and one that the LMS says nothing of.
func mayHaveChannel(ctx context.Context, tx Tx, course Course) error {
	p, err := tx.Platform(ctx, course.PlatformID)
	switch {
	case err != nil:
		return err
	case p.Channels == ChannelNever:
		return refuse(Conflict, "error.channel_never")
	case course.ContextID == "":
		return refuse(Conflict, "error.channel_no_context")
	}
	return nil
}

// ResyncChannel tries everybody anew who counts in the course.
func (c *Classroom) ResyncChannel(ctx context.Context, tenantID, courseID string) (Course, error) {
	return c.changeChannel(ctx, tenantID, courseID, func(tx Tx, course *Course) error {
		if course.Channel != ChannelOpen {
			return refuse(Conflict, "error.channel_not_open")
		}
		return c.admitAll(ctx, tx, *course)
	})
}

func (c *Classroom) admitAll(ctx context.Context, tx Tx, course Course) error {
	if err := tx.WantAllAdmissions(ctx, course, c.Now()); err != nil {
		return err
	}
	return tx.Enqueue(ctx, AdmitWaiting{CourseID: course.ID}, time.Time{})
}

// channelName is a name as addresses of the chat have it.
var channelName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// RelinkChannel lets the course use a private channel that there is: the bot is in
// it, and no other course has it. Everybody is let in anew; posts stay where they are.
func (c *Classroom) RelinkChannel(ctx context.Context, tenantID, courseID, name string) (Course, error) {
	course, err := c.Store.CourseOf(ctx, tenantID, courseID)
	if err != nil {
		return course, err
	}
	if !channelName.MatchString(name) {
		return course, refuse(Invalid, "error.channel_name")
	}
	look, err := c.Channels.FindChannel(ctx, tenantID, name)
	if errors.Is(err, ErrChannelGone) {
		return course, refuse(Invalid, "error.channel_unknown")
	}
	if err != nil {
		return course, fmt.Errorf("find the channel %s: %w", name, err)
	}
	switch {
	case look.Archived:
		return course, refuse(Invalid, "error.channel_archived")
	case !look.Private:
		return course, refuse(Invalid, "error.channel_public")
	case !look.Inside:
		return course, refuse(Invalid, "error.channel_without_bot")
	}
	return c.changeChannel(ctx, tenantID, courseID, func(tx Tx, course *Course) error {
		if err := mayHaveChannel(ctx, tx, *course); err != nil {
			return err
		}
		other, taken, err := tx.CourseOfChannel(ctx, look.ID)
		if err != nil {
			return err
		}
		if taken && other != course.ID {
			return refuse(Invalid, "error.channel_taken")
		}
		course.Channel, course.ChannelID, course.ChannelName = ChannelOpen, look.ID, look.Name
		return c.admitAll(ctx, tx, *course)
	})
}

// ArchiveChannel closes the course's channel: in the chat, and for the course,
// whose launches do not open it again.
func (c *Classroom) ArchiveChannel(ctx context.Context, tenantID, courseID string) (Course, error) {
	course, err := c.Store.CourseOf(ctx, tenantID, courseID)
	if err != nil {
		return course, err
	}
	if course.Channel == ChannelOpen {
		if err := c.Channels.ArchiveChannel(ctx, tenantID, course.ChannelID); err != nil {
			return course, fmt.Errorf("archive the channel of course %s: %w", courseID, err)
		}
	}
	return c.changeChannel(ctx, tenantID, courseID, func(_ Tx, course *Course) error {
		if course.Channel == ChannelArchived {
			return refuse(Conflict, "error.channel_archived_already")
		}
		course.Channel = ChannelArchived
		return nil
	})
}

// changeChannel alters a course of the tenant under its lock.
func (c *Classroom) changeChannel(ctx context.Context, tenantID, courseID string, alter func(Tx, *Course) error) (Course, error) {
	course, err := c.Store.CourseOf(ctx, tenantID, courseID)
	if err != nil {
		return course, err
	}
	err = c.changeCourse(ctx, course.ID, func(tx Tx, locked *Course) error {
		err := alter(tx, locked)
		course = *locked
		return err
	})
	return course, err
}
