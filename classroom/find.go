package classroom

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// FoundPerson is somebody whom a search has found.
type FoundPerson struct {
	Person   Person
	Platform string // what the registration is called
	Username string // of the linked chat account; empty: none
	Courses  int64  // that the person is in now
}

// FoundRoom is a room that a search has found.
type FoundRoom struct {
	Room     Room
	Course   Course
	Platform string
}

// PersonPlace is one course that a person is or was in.
type PersonPlace struct {
	Course    Course
	Enrolment Enrolment
	Admission AdmissionState // empty: never to be in the channel
}

// HappeningKind is what happened.
type HappeningKind string

const (
	HappenedLaunch  HappeningKind = "launch"  // accepted
	HappenedRefusal HappeningKind = "refusal" // a launch that was refused
	HappenedTry     HappeningKind = "try"     // Join or Start, see JoinTry
	HappenedSeen    HappeningKind = "seen"    // BigBlueButton showed the person inside
	HappenedClass   HappeningKind = "class"   // a class of the room
	HappenedEnrol   HappeningKind = "enrol"   // into a course, by launch or roster
	HappenedLeave   HappeningKind = "leave"   // the enrolment ended
	HappenedAdmit   HappeningKind = "admit"   // what became of the place in the channel
	HappenedLink    HappeningKind = "link"    // with an account of the chat
	HappenedRoster  HappeningKind = "roster"  // the list of a course's members was read
	HappenedPost    HappeningKind = "post"    // in the course's channel
)

// Happening is one line of a timeline; what a kind has no use for is empty.
type Happening struct {
	Kind      HappeningKind
	At        time.Time
	PersonID  string
	Person    string
	RoomID    string
	Room      string
	CourseID  string
	Course    string
	MeetingID string
	Moderator bool
	Why       string // the rule that gave the role
	Role      string // as the LMS calls it
	Result    string // id of the text that was shown, or the reason of a refusal
	Key       string // BigBlueButton's word
	Detail    string // the cause, as the log has it
	Reference string
	Via       string
	Act       string
	Address   string
	State     string // of a class, an admission or a post; the problem of a roster
	Until     time.Time
	Count     int64 // seconds inside; people in a class; members of a roster
	Engagement
}

// Timeline says whose happenings are asked for: those of a person, or of a room.
type Timeline struct {
	TenantID string
	Person   *Person
	UserIDs  []string // of the person, at BigBlueButton
	Room     *Room
	Course   *Course   // of the room
	Before   time.Time // older ones; zero: from the newest on
	Limit    int
}

// FindStore finds people and rooms, and what happened to them.
type FindStore interface {
	// SearchPeople lists people of the tenant with the text in name, address, the
	// LMS's id or the chat's user name, by name.
	SearchPeople(ctx context.Context, tenantID, search string, limit int) ([]FoundPerson, error)
	// SearchRooms lists rooms of the tenant with the text in their title or in
	// title, label or the LMS's id of their course, by title.
	SearchRooms(ctx context.Context, tenantID, search string, limit int) ([]FoundRoom, error)
	PersonOf(ctx context.Context, tenantID, id string) (Person, error)
	RoomOf(ctx context.Context, tenantID, id string) (Room, error)
	// PlacesOf lists the courses of a person, those that last first, newest first.
	PlacesOf(ctx context.Context, tenantID, personID string, limit int) ([]PersonPlace, error)
	// Happenings lists what happened, newest first.
	Happenings(ctx context.Context, t Timeline) ([]Happening, error)
}

// How much a search and a page of a timeline list.
const (
	foundAtOnce    = 25
	happeningsPage = 50
	placesShown    = 50
)

// Found is what a search has found.
type Found struct {
	People  []FoundPerson
	Rooms   []FoundRoom
	Refusal *Refusal // that a page called by the reference
	Try     *JoinTry
}

// None reports that nothing was found.
func (f Found) None() bool {
	return len(f.People) == 0 && len(f.Rooms) == 0 && f.Refusal == nil && f.Try == nil
}

// reference is how error pages call themselves.
var reference = regexp.MustCompile(`^[A-Z2-7]{8}$`)

// IsReference reports whether the text may be the reference of an error page.
func IsReference(text string) bool { return reference.MatchString(strings.ToUpper(text)) }

// Find looks in the tenant for people, rooms, and for the reference of an error page.
func (c *Classroom) Find(ctx context.Context, tenantID, search string) (Found, error) {
	var f Found
	if search = readable(search); search == "" {
		return f, nil
	}
	if err := c.findReference(ctx, tenantID, search, &f); err != nil {
		return f, fmt.Errorf("find: %w", err)
	}
	var err error
	if f.People, err = c.Store.SearchPeople(ctx, tenantID, search, foundAtOnce); err != nil {
		return f, fmt.Errorf("find: %w", err)
	}
	f.Rooms, err = c.Store.SearchRooms(ctx, tenantID, search, foundAtOnce)
	return f, err
}

func (c *Classroom) findReference(ctx context.Context, tenantID, search string, f *Found) error {
	if !IsReference(search) {
		return nil
	}
	r, found, err := c.Store.FindRefusal(ctx, tenantID, strings.ToUpper(search))
	if err != nil {
		return err
	}
	if found {
		f.Refusal = &r
	}
	t, found, err := c.Store.FindJoinTry(ctx, tenantID, strings.ToUpper(search))
	if found {
		f.Try = &t
	}
	return err
}

// PersonView is the page of somebody who cannot get in.
type PersonView struct {
	Person     Person
	Platform   Platform
	Link       ChatLink // zero: none
	Places     []PersonPlace
	Happenings []Happening
	Older      time.Time // there are older ones than this; zero: there are not
	Verdict    Verdict   // of the newest page alone
}

// ViewPerson tells what is known of a person of the tenant, and what happened.
func (c *Classroom) ViewPerson(ctx context.Context, tenantID, personID string, before time.Time) (PersonView, error) {
	v, err := c.viewStanding(ctx, tenantID, personID)
	if err != nil {
		return v, fmt.Errorf("view a person: %w", err)
	}
	v.Happenings, v.Older, err = c.happenings(ctx, Timeline{TenantID: tenantID, Person: &v.Person, UserIDs: userIDs(personID), Before: before})
	if err != nil || !before.IsZero() {
		return v, err
	}
	v.Verdict, err = c.judgePerson(ctx, v)
	return v, err
}

func (c *Classroom) viewStanding(ctx context.Context, tenantID, personID string) (v PersonView, err error) {
	if v.Person, err = c.Store.PersonOf(ctx, tenantID, personID); err != nil {
		return v, err
	}
	if v.Platform, err = c.Store.Platform(ctx, v.Person.PlatformID); err != nil {
		return v, err
	}
	if v.Link, _, err = c.Store.FindChatLink(ctx, personID); err != nil {
		return v, err
	}
	v.Places, err = c.Store.PlacesOf(ctx, tenantID, personID, placesShown)
	return v, err
}

// RoomTimeline is the page of a room that people cannot get into.
type RoomTimeline struct {
	Room       Room
	Course     Course
	Platform   Platform
	Happenings []Happening
	Older      time.Time
	Verdict    Verdict
}

// ViewRoomTimeline tells what happened in a room of the tenant.
func (c *Classroom) ViewRoomTimeline(ctx context.Context, tenantID, roomID string, before time.Time) (v RoomTimeline, err error) {
	if v.Room, err = c.Store.RoomOf(ctx, tenantID, roomID); err != nil {
		return v, fmt.Errorf("view a room: %w", err)
	}
	if v.Course, err = c.Store.Course(ctx, v.Room.CourseID); err != nil {
		return v, fmt.Errorf("view a room: %w", err)
	}
	if v.Platform, err = c.Store.Platform(ctx, v.Course.PlatformID); err != nil {
		return v, fmt.Errorf("view a room: %w", err)
	}
	v.Happenings, v.Older, err = c.happenings(ctx, Timeline{TenantID: tenantID, Room: &v.Room, Course: &v.Course, Before: before})
	if err != nil || !before.IsZero() {
		return v, err
	}
	v.Verdict, err = c.judgeRoom(ctx, v)
	return v, err
}

// happenings reads one page of a timeline, and where the next begins. What
// happened at the same time as its last line is on it as well.
func (c *Classroom) happenings(ctx context.Context, t Timeline) ([]Happening, time.Time, error) {
	t.Limit = happeningsPage + 1
	all, err := c.Store.Happenings(ctx, t)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("timeline: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Happening) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Kind, b.Kind)) })
	page := all[:min(len(all), happeningsPage)]
	for len(page) > 0 && len(page) < len(all) && all[len(page)].At.Equal(page[len(page)-1].At) {
		page = all[:len(page)+1]
	}
	if len(page) == len(all) {
		return page, time.Time{}, nil
	}
	return page, page[len(page)-1].At, nil
}
