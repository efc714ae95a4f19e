package classroom

import (
	"context"
	"fmt"
	"time"
)

// Erasure says that a person's data were erased. It names nobody.
type Erasure struct {
	PersonID string
	TenantID string
	ErasedAt time.Time
}

// Erased is what an erasure did: how many of what. It names nobody either.
type Erased struct {
	Enrolments int64
	Launches   int64
	Attendance int64
	Grades     int64
	Tries      int64
	Refusals   int64
	Links      int64
	Channels   int64 // of the chat, that the person is taken out of
}

// ErasureStore erases people.
type ErasureStore interface {
	// ErasePerson deletes what is known of a person, whom BigBlueButton knows by
	// those ids, and empties the row itself. A launch of after recent is emptied
	// too, but stays: its nonce guards against its replay. Whoever is to leave a
	// channel is still noted there.
	ErasePerson(ctx context.Context, p Person, userIDs []string, at, recent time.Time) (Erased, error)
	// EraseLate deletes what came in of people erased since then; prefixes make
	// BigBlueButton's ids of ours.
	EraseLate(ctx context.Context, prefixes []string, since, recent time.Time) error
	// ForgetErased deletes the empty rows of people erased before then to which
	// nothing refers.
	ForgetErased(ctx context.Context, before time.Time, limit int) (int64, error)
	FindErasure(ctx context.Context, tenantID, personID string) (Erasure, bool, error)
	// SeenInside reports whether one of those ids was in an open class since then.
	SeenInside(ctx context.Context, tenantID string, userIDs []string, since time.Time) (bool, error)
	// AdmissionsOf lists a person's places in channels.
	AdmissionsOf(ctx context.Context, tenantID, personID string) ([]Admission, error)
}

const (
	// replayable is how long a launch could be sent again: far longer than any
	// token lasts.
	replayable = day
	// lateFor is how long something may come in of somebody who was erased:
	// BigBlueButton's report of a class, a launch that was under way.
	lateFor = 2 * day
)

// ErasePerson erases what is known of a person of the tenant. Whoever launches
// again is somebody new. It is refused while the person is in a class, which would
// bring the name back at the next look.
func (c *Classroom) ErasePerson(ctx context.Context, tenantID, personID string) (Erased, error) {
	p, err := c.Store.PersonOf(ctx, tenantID, personID)
	if err != nil {
		return Erased{}, fmt.Errorf("erase: %w", err)
	}
	inside, err := c.Store.SeenInside(ctx, tenantID, userIDs(p.ID), c.Now().Add(-seenLately))
	if err != nil {
		return Erased{}, fmt.Errorf("erase: %w", err)
	}
	if inside {
		return Erased{}, refuse(Conflict, "console.error.person_inside")
	}
	return c.erase(ctx, p)
}

func (c *Classroom) erase(ctx context.Context, p Person) (done Erased, err error) {
	now := c.Now()
	err = c.Store.Tx(ctx, func(tx Tx) error {
		channels, err := c.leaveChannels(ctx, tx, p)
		if err != nil {
			return err
		}
		done, err = tx.ErasePerson(ctx, p, userIDs(p.ID), now, now.Add(-replayable))
		done.Channels = channels
		return err
	})
	if err != nil {
		return Erased{}, fmt.Errorf("erase person %s: %w", p.ID, err)
	}
	return done, nil
}

// leaveChannels has the person taken out of the channels that we let them into:
// afterwards nobody would know that they are to go.
func (c *Classroom) leaveChannels(ctx context.Context, tx Tx, p Person) (n int64, err error) {
	link, _, err := tx.FindChatLink(ctx, p.ID)
	if err != nil {
		return 0, err
	}
	admissions, err := tx.AdmissionsOf(ctx, p.TenantID, p.ID)
	if err != nil {
		return 0, err
	}
	for _, a := range admissions {
		if a.ChatUserID == "" {
			a.ChatUserID = link.ChatUserID
		}
		if a.State != AdmissionDone || a.ChatUserID == "" {
			continue
		}
		a.State, a.UpdatedAt = AdmissionLeaving, c.Now()
		if err := tx.SaveAdmission(ctx, a); err != nil {
			return 0, err
		}
		if err := tx.Enqueue(ctx, Expel{CourseID: a.CourseID, PersonID: p.ID}, time.Time{}); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// eraseLate deletes what came in after an erasure, and empty rows that nothing
// needs any more.
func (c *Classroom) eraseLate(ctx context.Context) error {
	now := c.Now()
	if err := c.Store.EraseLate(ctx, []string{countedPrefix, uncountedPrefix}, now.Add(-lateFor), now.Add(-replayable)); err != nil {
		return fmt.Errorf("erase late: %w", err)
	}
	if _, err := c.Store.ForgetErased(ctx, now.Add(-lateFor), forgetRows); err != nil {
		return fmt.Errorf("forget erased: %w", err)
	}
	return nil
}

// Lines says what was erased, for the audit log and for the shell.
func (e Erased) Lines() []string {
	var lines []string
	for _, n := range []struct {
		what  string
		count int64
	}{
		{"enrolments", e.Enrolments}, {"launches", e.Launches}, {"attendance", e.Attendance}, {"grades", e.Grades}, {"tries to join", e.Tries},
		{"refused launches", e.Refusals}, {"links with Mattermost", e.Links}, {"channels to leave", e.Channels},
	} {
		lines = append(lines, fmt.Sprintf("%s: %d", n.what, n.count))
	}
	return lines
}
