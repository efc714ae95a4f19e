package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// expel takes somebody out of the channel whose enrolment has ended. An account
// that belongs to somebody else of the course as well stays in.
func (c *Classroom) expel(ctx context.Context, courseID, personID string) error {
	course, err := c.Store.Course(ctx, courseID)
	if err != nil {
		return err
	}
	a, found, err := c.Store.FindAdmission(ctx, courseID, personID)
	if err != nil || !found || a.State != AdmissionLeaving {
		return err // back again, or done
	}
	err = c.expelFrom(ctx, course, a)
	if err != nil && !errors.Is(err, ErrNoChat) && !errors.Is(err, ErrNoChatUser) && !errors.Is(err, ErrChannelGone) {
		return fmt.Errorf("take out of the channel of course %s: %w", courseID, err)
	}
	left, err := c.Store.HaveLeft(ctx, courseID, personID, c.Now())
	if err != nil || left {
		return err
	}
	// Back in the course while being taken out: let in once more.
	return c.Store.Tx(ctx, func(tx Tx) error {
		a.State, a.UpdatedAt = AdmissionWanted, c.Now()
		if err := tx.SaveAdmission(ctx, a); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Admit{CourseID: courseID, PersonID: personID}, time.Time{})
	})
}

func (c *Classroom) expelFrom(ctx context.Context, course Course, a Admission) error {
	p, err := c.Store.Person(ctx, a.PersonID)
	if err != nil || course.Channel != ChannelOpen {
		return err
	}
	if a.ChatUserID == "" { // let in before it was noted which account is
		if a.ChatUserID, err = c.chatUserOf(ctx, course.TenantID, a.PersonID); err != nil {
			return err
		}
	}
	stays, err := c.Store.AccountStays(ctx, a, p.Email)
	if err != nil || stays {
		return err
	}
	if err := c.Chat.Expel(ctx, course.TenantID, course.ChannelID, a.ChatUserID); err != nil {
		return err
	}
	c.members.drop(memberKey(course, a.ChatUserID))
	return nil
}

// admitWaiting has those let in who wait for the channel of a course, from the
// person after on: so many at a time, then the next.
func (c *Classroom) admitWaiting(ctx context.Context, courseID, after string) error {
	waiting, err := c.Store.AdmissionsWanted(ctx, courseID, after, admitAtOnce)
	if err != nil || len(waiting) == 0 {
		return err
	}
	return c.Store.Tx(ctx, func(tx Tx) error {
		for _, w := range waiting {
			if err := tx.Enqueue(ctx, Admit{CourseID: w.CourseID, PersonID: w.PersonID}, time.Time{}); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, AdmitWaiting{CourseID: courseID, After: waiting[len(waiting)-1].PersonID}, time.Time{})
	})
}
