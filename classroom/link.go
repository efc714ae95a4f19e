package classroom

import (
	"context"
	"fmt"
	"time"
)

// LinkChat links the person of the visit with a chat account that its own OAuth
// has proved, after the person confirmed it. One account a person and platform,
// both ways.
func (c *Classroom) LinkChat(ctx context.Context, a Access, u ChatUser) error {
	if !a.Enrolment.Counted {
		return refuse(Forbidden, "error.link_not_counted")
	}
	now := c.Now()
	err := c.Store.Tx(ctx, func(tx Tx) error {
		if err := tx.DeleteChatLink(ctx, a.Person.ID); err != nil && !Is(err, NotFound) {
			return err
		}
		err := tx.CreateChatLink(ctx, ChatLink{
			ID: newID(), TenantID: a.Person.TenantID, PlatformID: a.Person.PlatformID, PersonID: a.Person.ID,
			ChatUserID: u.ID, Username: u.Username, CreatedAt: now,
		})
		if err != nil {
			return err
		}
		wanted := Admission{
			TenantID: a.Course.TenantID, CourseID: a.Course.ID, PersonID: a.Person.ID,
			State: AdmissionWanted, UpdatedAt: now,
		}
		if err := tx.SaveAdmission(ctx, wanted); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Admit{CourseID: a.Course.ID, PersonID: a.Person.ID}, time.Time{})
	})
	if Is(err, Conflict) {
		return &Error{Code: Conflict, Message: "error.chat_linked_other", Err: err}
	}
	if err != nil {
		return fmt.Errorf("link person %s: %w", a.Person.ID, err)
	}
	return nil
}

// UnlinkChat forgets the link. Who is in the channel stays there.
func (c *Classroom) UnlinkChat(ctx context.Context, a Access) error {
	if err := c.Store.DeleteChatLink(ctx, a.Person.ID); err != nil && !Is(err, NotFound) {
		return fmt.Errorf("unlink person %s: %w", a.Person.ID, err)
	}
	return nil
}
