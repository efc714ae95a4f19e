package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/lti"
)

// Placement is a deep linking request (Deep Linking §3.4.1): a teacher inside
// the LMS's course editor is choosing which rooms to link to.
type Placement struct {
	ID             string
	TenantID       string
	PlatformID     string
	DeploymentID   string // the platform's
	Nonce          string // of the request: used once
	PersonID       string
	CourseID       string
	ReturnURL      string  // where the browser posts the answer; may hold a session key of the LMS
	Data           *string // goes back as it came; nil: none did
	AcceptMultiple bool
	AcceptLineItem bool
	Answer         string   // digest of the choice; empty until there is one
	RoomIDs        []string // what was chosen
	CreatedAt      time.Time
	AnsweredAt     time.Time
}

// PlacementStore holds the deep linking requests that teachers are answering.
type PlacementStore interface {
	// CreatePlacement answers Conflict when the nonce of that platform was used before.
	CreatePlacement(ctx context.Context, p Placement) error
	Placement(ctx context.Context, id string) (Placement, error)
	// LockPlacement reads it and keeps others from answering it until the transaction ends.
	LockPlacement(ctx context.Context, id string) (Placement, error)
	// AnswerPlacement writes Answer, RoomIDs and AnsweredAt.
	AnswerPlacement(ctx context.Context, p Placement) error
	// ForgetPlacements deletes those made before then.
	ForgetPlacements(ctx context.Context, before time.Time) error
	// PlaceableRooms lists the newest rooms of a course that links may lead to.
	PlaceableRooms(ctx context.Context, courseID string, limit int) ([]PlaceableRoom, error)
}

// PlaceableRoom is a room to choose.
type PlaceableRoom struct {
	Room
	UsedAt time.Time // when its last meeting began; zero: never
}

// Placing is what the page of a placement shows.
type Placing struct {
	Placement
	Ticket    string // for the page's form
	Course    Course
	Person    Person
	Rooms     []PlaceableRoom
	Proposed  NewRoom // what the LMS says of the room that it wants; may be empty
	MayPlace  bool    // false: learners; nothing but going back is left
	MayGrade  bool    // attendance may become a grade: the LMS takes a column with the link
	MayRecord bool    // new rooms may be recorded
}

const (
	// placementLife is how long a teacher may take to choose.
	placementLife = time.Hour
	// placementKept is how long a placement is remembered; its request has long
	// expired by then, so that a replay is refused without it.
	placementKept = 24 * time.Hour
	// maxPlaceable rooms are offered.
	maxPlaceable = 200

	purposePlacement Purpose = "placement"
)

type placementTicket struct {
	Placement string `json:"p"`
}

// Place turns a verified deep linking request into the choice of rooms. Course,
// person and enrolment are brought up to date as by Enter, and the request's
// nonce is used up. Who is no moderator gets a Placing that says so.
func (c *Classroom) Place(ctx context.Context, l *lti.Launch) (Placing, error) {
	if l.MessageType != lti.DeepLinkingRequest || l.DeepLinking == nil {
		return Placing{}, &Error{Code: Invalid, Message: "error.message_unsupported", Err: fmt.Errorf("message %s", l.MessageType)}
	}
	p, err := c.Store.Platform(ctx, l.Platform.ID)
	if err != nil {
		return Placing{}, fmt.Errorf("place: %w", err)
	}
	if err := c.admissible(ctx, p, l); err != nil {
		return Placing{}, err
	}
	if l.Context == nil || l.Subject == "" {
		return Placing{}, &Error{Code: Forbidden, Message: "error.placement_no_course", Err: errors.New("deep linking without a course or a person")}
	}
	placed, err := retried(func() (Placement, error) { return c.place(ctx, p, l) })
	if err != nil {
		return Placing{}, fmt.Errorf("place: %w", err)
	}
	c.progress(ctx, p, l)
	v, err := c.placing(ctx, placed)
	if err != nil {
		return v, err
	}
	v.Ticket, err = c.Signer.Sign(purposePlacement, placementTicket{placed.ID}, placementLife)
	v.Proposed = NewRoom{Title: l.DeepLinking.Title, Description: l.DeepLinking.Text}
	return v, err
}

func (c *Classroom) place(ctx context.Context, p Platform, l *lti.Launch) (Placement, error) {
	a, err := c.meet(ctx, p, l, arriveInCourse)
	if err != nil {
		return Placement{}, err
	}
	row := Placement{
		ID: newID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: l.DeploymentID, Nonce: l.Nonce,
		PersonID: a.person.ID, CourseID: a.course.ID,
		ReturnURL: l.DeepLinking.ReturnURL, Data: l.DeepLinking.Data,
		AcceptMultiple: l.DeepLinking.AcceptMultiple, AcceptLineItem: takesLineItems(l), CreatedAt: a.now,
	}
	return row, c.Store.Tx(ctx, func(tx Tx) error {
		if err := c.receive(ctx, tx, a, p, l); err != nil {
			return err
		}
		return notReplayed(tx.CreatePlacement(ctx, row), p.ID)
	})
}

// takesLineItems reports whether links may bring a column of the gradebook. An
// LMS that says nothing may or may not (Deep Linking §3.4.1); Moodle does.
func takesLineItems(l *lti.Launch) bool {
	return l.DeepLinking.AcceptLineItem || l.ToolPlatform.Family == lti.FamilyMoodle
}

// Placing reads a placement by its page's ticket, with the rights of now.
func (c *Classroom) Placing(ctx context.Context, ticket string) (Placing, error) {
	var t placementTicket
	if _, _, err := c.Signer.Open(purposePlacement, ticket, &t); err != nil {
		return Placing{}, &Error{Code: Expired, Message: "error.placement_expired", Err: err}
	}
	p, err := c.Store.Placement(ctx, t.Placement)
	if Is(err, NotFound) {
		return Placing{}, &Error{Code: Expired, Message: "error.placement_expired", Err: err}
	}
	if err != nil {
		return Placing{}, err
	}
	v, err := c.placing(ctx, p)
	v.Ticket = ticket // its hour has begun with the request
	return v, err
}

func (c *Classroom) placing(ctx context.Context, p Placement) (Placing, error) {
	v := Placing{Placement: p}
	var err error
	if v.Person, err = c.Store.Person(ctx, p.PersonID); err != nil {
		return v, fmt.Errorf("placement %s: %w", p.ID, err)
	}
	if v.Course, err = c.Store.Course(ctx, p.CourseID); err != nil {
		return v, fmt.Errorf("placement %s: %w", p.ID, err)
	}
	if err := c.connected(ctx, v.Course); err != nil {
		return v, err
	}
	platform, err := c.Store.Platform(ctx, p.PlatformID)
	if err != nil {
		return v, fmt.Errorf("placement %s: %w", p.ID, err)
	}
	e, found, err := c.Store.FindEnrolment(ctx, p.PersonID, p.CourseID)
	if err != nil {
		return v, fmt.Errorf("placement %s: %w", p.ID, err)
	}
	v.MayPlace = found && e.MayModerate(c.Now())
	v.MayGrade = p.AcceptLineItem && v.Course.GradesURL != ""
	v.MayRecord = platform.Record
	if v.MayPlace {
		if v.Rooms, err = c.Store.PlaceableRooms(ctx, p.CourseID, maxPlaceable); err != nil {
			return v, fmt.Errorf("placement %s: %w", p.ID, err)
		}
	}
	return v, nil
}
