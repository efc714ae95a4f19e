package classroom

import (
	"context"
	"errors"
	"fmt"

	"classbridge/lti"

	"github.com/google/uuid"
)

// Visit is an accepted launch: whose session it is, and the room to show.
type Visit struct {
	LaunchID string
	RoomID   string
}

// messageReplayed marks the refusal of a launch whose nonce was used before.
const messageReplayed = "error.launch_replayed"

// Enter turns a verified launch into a visit. It consumes the launch's nonce by
// inserting its row, so that a replay is refused (Security Framework §5.1.3).
// Course, room, person and enrolment are brought up to date in the same
// transaction. address is where the browser comes from, for the log.
func (c *Classroom) Enter(ctx context.Context, l *lti.Launch, address string) (Visit, error) {
	if l.MessageType != lti.ResourceLinkRequest {
		return Visit{}, &Error{Code: Invalid, Message: "error.message_unsupported", Err: fmt.Errorf("message %s", l.MessageType)}
	}
	p, err := c.Store.Platform(ctx, l.Platform.ID)
	if err != nil {
		return Visit{}, fmt.Errorf("enter: %w", err)
	}
	if err := c.admissible(ctx, p, l); err != nil {
		return Visit{}, err
	}
	v, err := retried(func() (Visit, error) { return c.enter(ctx, p, l, address) })
	if err != nil {
		return Visit{}, fmt.Errorf("enter: %w", err)
	}
	c.progress(ctx, p, l)
	return v, nil
}

// retried lets the first launches of a class race to make the same course and
// room: whoever loses finds them at the next try.
func retried[T any](try func() (T, error)) (v T, err error) {
	for range 3 {
		if v, err = try(); !Is(err, Conflict) || isReplay(err) {
			return v, err
		}
	}
	return v, err
}

// admissible refuses what the school does not want of this registration.
func (c *Classroom) admissible(ctx context.Context, p Platform, l *lti.Launch) error {
	switch {
	case p.Pending:
		return &Error{Code: Forbidden, Message: "error.platform_pending", Err: fmt.Errorf("platform %s awaits approval: classbridge platform approve %s", p.ID, p.ID)}
	case p.RequireName && l.Name == "":
		return &Error{Code: Forbidden, Message: "error.name_withheld", Err: fmt.Errorf("platform %s must tell names and did not", p.ID)}
	case p.RequireContext && l.Context == nil:
		return &Error{Code: Forbidden, Message: "error.no_course", Err: fmt.Errorf("platform %s launched outside of any course", p.ID)}
	case !p.pilots(l.Context):
		return &Error{Code: Forbidden, Message: "error.not_in_pilot", Err: fmt.Errorf("the course is not among the %d of platform %s that take part", len(p.Pilot), p.ID)}
	}
	if err := c.open(ctx, p.TenantID); err != nil {
		return err
	}
	return c.deployed(ctx, p, l.DeploymentID)
}

// progress notes which steps of the registration's set-up this launch reaches.
func (c *Classroom) progress(ctx context.Context, p Platform, l *lti.Launch) {
	if r := p.Progress; !r.TeacherAt.IsZero() && !r.LearnerAt.IsZero() && !r.NamedAt.IsZero() {
		return
	}
	first, at := StepLearner, p.Progress.LearnerAt
	if p.Roles.Decide(l.Roles).Moderator {
		first, at = StepTeacher, p.Progress.TeacherAt
	}
	if at.IsZero() {
		c.reach(ctx, p.ID, first)
	}
	if l.Name != "" && p.Progress.NamedAt.IsZero() {
		c.reach(ctx, p.ID, StepNamed)
	}
}

// reach notes a step of a registration's set-up. Nothing else waits for it.
func (c *Classroom) reach(ctx context.Context, platformID string, s Step) {
	if err := c.Store.ReachStep(ctx, platformID, s, c.Now()); err != nil {
		c.Log.WarnContext(ctx, "a step of the set-up was not noted", "platform", platformID, "step", s, "err", err)
	}
}

// deployed refuses a deployment that is not approved.
func (c *Classroom) deployed(ctx context.Context, p Platform, deploymentID string) error {
	d, found, err := c.Store.FindDeployment(ctx, p.ID, deploymentID)
	if err != nil {
		return fmt.Errorf("deployment %q: %w", deploymentID, err)
	}
	if !found {
		if d, err = c.appear(ctx, p, deploymentID); err != nil {
			return fmt.Errorf("deployment %q: %w", deploymentID, err)
		}
	}
	if d.State != DeploymentActive {
		return &Error{
			Code: Forbidden, Message: "error.deployment_pending",
			Err: fmt.Errorf("deployment %q of platform %s awaits approval: classbridge deployment approve %s", deploymentID, p.ID, d.ID),
		}
	}
	return nil
}

func (c *Classroom) enter(ctx context.Context, p Platform, l *lti.Launch, address string) (Visit, error) {
	a, err := c.meet(ctx, p, l, arrive)
	if err != nil {
		return Visit{}, err
	}
	row := Launch{
		ID: newID(), TenantID: p.TenantID, PlatformID: p.ID, Nonce: l.Nonce,
		PersonID: a.person.ID, CourseID: a.course.ID, RoomID: a.room.ID,
		Moderator: a.moderates, Why: a.enrolment.Why, Address: address,
		ReturnURL: l.Presentation.ReturnURL, CreatedAt: a.now, SeenAt: a.now,
	}
	v := Visit{LaunchID: row.ID, RoomID: a.room.ID}
	if !a.changed() {
		if err := use(ctx, c.Store, row); err != nil {
			return Visit{}, err
		}
		c.arrived.put(Access{Launch: row, Person: a.person, Room: a.room, Course: a.course, Enrolment: a.enrolment})
		return v, nil
	}
	return v, c.Store.Tx(ctx, func(tx Tx) error {
		if err := c.receive(ctx, tx, a, p, l); err != nil {
			return err
		}
		return use(ctx, tx, row)
	})
}

// meet reads what is known of a message, and answers what it makes of that.
func (c *Classroom) meet(ctx context.Context, p Platform, l *lti.Launch, arrive arriving) (*arrival, error) {
	known, err := c.Store.FindEntry(ctx, entryKey(l))
	if err != nil {
		return nil, err
	}
	from, err := c.originOf(ctx, known, p, l)
	if err != nil {
		return nil, err
	}
	_, chat, err := c.Store.FindChatConnection(ctx, p.TenantID)
	if err != nil {
		return nil, err
	}
	a := arrive(known, from, p, l, chat, c.Now())
	return a, c.hint(ctx, a)
}

// receive writes an arrival down, with what the message's offers call for.
func (c *Classroom) receive(ctx context.Context, tx Tx, a *arrival, p Platform, l *lti.Launch) error {
	if err := a.save(ctx, tx); err != nil {
		return err
	}
	if err := c.wantRoster(ctx, tx, a.course); err != nil {
		return err
	}
	return c.wantNotices(ctx, tx, p, l)
}

// use inserts the launch's row; the nonce being there already is a replay.
func use(ctx context.Context, q Queries, row Launch) error {
	return notReplayed(q.CreateLaunch(ctx, row), row.PlatformID)
}

// notReplayed is what inserting a nonce of the platform answered, in words.
func notReplayed(err error, platformID string) error {
	if Is(err, Conflict) {
		return &Error{Code: Conflict, Message: messageReplayed, Err: fmt.Errorf("nonce of platform %s was used before", platformID)}
	}
	return err
}

func isReplay(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Message == messageReplayed
}

func entryKey(l *lti.Launch) EntryKey {
	k := EntryKey{
		PlatformID: l.Platform.ID, DeploymentID: l.DeploymentID,
		ResourceLinkID: l.ResourceLink.ID, RoomID: roomOf(l), Subject: l.Subject,
	}
	if l.Context != nil {
		k.ContextID = l.Context.ID
	}
	return k
}

// roomOf is the room that deep linking put into the link; empty if it is none.
// Whoever may edit the link may write any room there: the course decides.
func roomOf(l *lti.Launch) string {
	id, err := uuid.Parse(l.Custom[CustomRoom])
	if err != nil || id.String() != l.Custom[CustomRoom] {
		return ""
	}
	return id.String()
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
