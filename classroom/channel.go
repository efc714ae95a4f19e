package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// AskChannel is a teacher's wish that the course gets its channel now.
func (c *Classroom) AskChannel(ctx context.Context, a Access) error {
	if !a.MayModerate(c.Now()) {
		return refuse(Forbidden, "error.not_moderator")
	}
	p, err := c.Store.Platform(ctx, a.Course.PlatformID)
	if err != nil {
		return fmt.Errorf("ask for a channel: %w", err)
	}
	_, connected, err := c.Store.FindChatConnection(ctx, a.Course.TenantID)
	if err != nil {
		return fmt.Errorf("ask for a channel: %w", err)
	}
	if !connected || p.Channels == ChannelNever || a.Course.ContextID == "" {
		return refuse(Forbidden, "error.no_chat")
	}
	return c.changeCourse(ctx, a.Course.ID, func(tx Tx, course *Course) error {
		if course.Channel != ChannelNone {
			return nil
		}
		course.Channel = ChannelWanted
		return tx.Enqueue(ctx, OpenChannel{CourseID: course.ID}, time.Time{})
	})
}

func (c *Classroom) changeCourse(ctx context.Context, id string, alter func(Tx, *Course) error) error {
	return c.Store.Tx(ctx, func(tx Tx) error {
		course, err := tx.LockCourse(ctx, id)
		if err != nil {
			return err
		}
		if err := alter(tx, &course); err != nil {
			return err
		}
		course.UpdatedAt = c.Now()
		if err := tx.SaveCourse(ctx, course); err != nil {
			return err
		}
		return tx.TouchCourse(ctx, course.ID)
	})
}

// admitAtOnce bounds how many admissions one transaction enqueues.
const admitAtOnce = 500

// openChannel makes the channel that a course wants, and lets those in who wait for it.
func (c *Classroom) openChannel(ctx context.Context, courseID string) error {
	course, err := c.Store.Course(ctx, courseID)
	if err != nil || course.Channel != ChannelWanted {
		return err
	}
	room, err := c.Store.FirstRoom(ctx, course.ID)
	if err != nil {
		return fmt.Errorf("channel of course %s: %w", course.ID, err)
	}
	t, err := c.Store.Tenant(ctx, course.TenantID)
	if err != nil {
		return fmt.Errorf("channel of course %s: %w", course.ID, err)
	}
	channel, err := c.Chat.OpenChannel(ctx, course.TenantID, ChannelSpec{
		CourseID: course.ID, Title: course.Title, Label: course.Label,
		Locale: t.Offers(course.Locale), RoomURL: c.goURL(room.ID),
	})
	if errors.Is(err, ErrNoChat) { // disconnected meanwhile: a teacher's next launch asks again
		return c.changeCourse(ctx, course.ID, func(_ Tx, course *Course) error {
			course.Channel = ChannelNone
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("channel of course %s: %w", course.ID, err)
	}
	return c.changeCourse(ctx, course.ID, func(tx Tx, course *Course) error {
		course.Channel, course.ChannelID, course.ChannelName = ChannelOpen, channel.ID, channel.Name
		if err := c.expelAgain(ctx, tx, course.ID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, AdmitWaiting{CourseID: course.ID}, time.Time{})
	})
}

// expelAgain takes those out who have left the course: a channel that was archived
// meanwhile, and is restored, has them still.
func (c *Classroom) expelAgain(ctx context.Context, tx Tx, courseID string) error {
	left, err := tx.LeaveAgain(ctx, courseID, c.Now())
	if err != nil {
		return err
	}
	for _, personID := range left {
		if err := tx.Enqueue(ctx, Expel{CourseID: courseID, PersonID: personID}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// admit adds a person to the course's channel: by the linked account, else, where
// the tenant allows it, by an equal e-mail address. Membership is all it gives.
func (c *Classroom) admit(ctx context.Context, courseID, personID string) (Outcome, error) {
	course, err := c.Store.Course(ctx, courseID)
	switch {
	case err != nil || !course.Channel.Lasts():
		return Outcome{}, err // openChannel asks for everybody who waits
	case course.Channel == ChannelWanted:
		return Outcome{Again: admitLater}, nil // it may have asked before this one was written
	}
	return Outcome{}, c.admitTo(ctx, course, personID)
}

// admitLater is when somebody is tried again whose channel is being made.
const admitLater = 30 * time.Second

func (c *Classroom) admitTo(ctx context.Context, course Course, personID string) error {
	courseID := course.ID
	e, found, err := c.Store.FindEnrolment(ctx, personID, courseID)
	if err != nil || !found || !e.Counted || !e.EndedAt.IsZero() {
		return err
	}
	userID, err := c.chatUserOf(ctx, course.TenantID, personID)
	if err == nil {
		err = c.Chat.Admit(ctx, course.TenantID, course.ChannelID, userID)
	}
	state := AdmissionDone
	switch {
	case errors.Is(err, ErrNoChat):
		return nil
	case errors.Is(err, ErrNoChatUser):
		state = AdmissionNoAccount
	case errors.Is(err, ErrChatFull):
		state = AdmissionFull
		c.Log.WarnContext(ctx, "the chat takes nobody more", "course", courseID, "err", err)
	case err != nil:
		return fmt.Errorf("admit to the channel of course %s: %w", courseID, err)
	}
	return c.Store.SaveAdmission(ctx, Admission{
		TenantID: course.TenantID, CourseID: courseID, PersonID: personID, ChatUserID: userID, State: state, UpdatedAt: c.Now(),
	})
}

func (c *Classroom) chatUserOf(ctx context.Context, tenantID, personID string) (string, error) {
	link, found, err := c.Store.FindChatLink(ctx, personID)
	if err != nil || found {
		return link.ChatUserID, err
	}
	t, err := c.Store.Tenant(ctx, tenantID)
	if err != nil {
		return "", err
	}
	p, err := c.Store.Person(ctx, personID)
	if err != nil {
		return "", err
	}
	if !t.MatchEmail || p.Email == "" {
		return "", ErrNoChatUser
	}
	u, err := c.Chat.FindByEmail(ctx, tenantID, p.Email)
	return u.ID, err
}

// viewChat is one's own state towards the course's chat.
func (c *Classroom) viewChat(ctx context.Context, a Access, moderator bool) (ChatView, error) {
	connection, connected, err := c.Store.FindChatConnection(ctx, a.Course.TenantID)
	if err != nil || !connected {
		return ChatView{State: ChatOff}, err
	}
	link, linked, err := c.Store.FindChatLink(ctx, a.Person.ID)
	if err != nil {
		return ChatView{}, err
	}
	v := ChatView{Linked: linked, Username: link.Username}
	if a.Course.Channel == ChannelOpen {
		v.URL = connection.URL + "/" + connection.TeamName + "/channels/" + a.Course.ChannelName
	}
	v.State, err = c.chatStanding(ctx, a, moderator)
	return v, err
}

func (c *Classroom) chatStanding(ctx context.Context, a Access, moderator bool) (ChatStanding, error) {
	p, err := c.Store.Platform(ctx, a.Course.PlatformID)
	switch {
	case err != nil:
		return "", err
	case p.Channels == ChannelNever || a.Course.ContextID == "":
		return ChatOff, nil
	case a.Course.Channel == ChannelArchived:
		return ChatArchived, nil
	case a.Course.Channel == ChannelNone && moderator:
		return ChatMayAsk, nil
	case !a.Enrolment.Counted:
		return ChatNotCounted, nil
	case a.Course.Channel == ChannelWanted:
		return ChatOpening, nil
	case a.Course.Channel == ChannelNone:
		return ChatNotOpen, nil
	}
	admission, found, err := c.Store.FindAdmission(ctx, a.Course.ID, a.Person.ID)
	if err != nil || !found {
		return ChatConnect, err
	}
	switch admission.State {
	case AdmissionDone:
		return ChatMember, nil
	case AdmissionFull:
		return ChatFull, nil
	case AdmissionWanted:
		return ChatOpening, nil
	default:
		return ChatConnect, nil
	}
}
