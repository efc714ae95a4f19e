package classroom

import (
	"context"
	"fmt"
)

// Do does one piece of work from the queue. It is safe to repeat: work is done
// at least once, and may be done by two processes at a time. Of what was deleted
// meanwhile nothing is left to do.
func (c *Classroom) Do(ctx context.Context, w Work) (Outcome, error) {
	o, err := c.do(ctx, w)
	if Is(err, NotFound) && c.gone(ctx, w) {
		c.Log.InfoContext(ctx, "work is about what was deleted", "kind", w.WorkKind())
		return Outcome{}, nil
	}
	return o, err
}

func (c *Classroom) do(ctx context.Context, w Work) (Outcome, error) {
	switch w := w.(type) {
	case Follow:
		return c.look(ctx, w.MeetingID)
	case Watch:
		return c.watch(ctx, w.MeetingID)
	case Reconcile:
		return c.reconcile(ctx, w.MeetingID)
	case Announce:
		return c.announce(ctx, w.AnnouncementID)
	case OpenChannel:
		return Outcome{}, c.openChannel(ctx, w.CourseID)
	case Admit:
		return c.admit(ctx, w.CourseID, w.PersonID)
	case AdmitWaiting:
		return Outcome{}, c.admitWaiting(ctx, w.CourseID, w.After)
	case Expel:
		return Outcome{}, c.expel(ctx, w.CourseID, w.PersonID)
	case SyncRoster:
		return c.syncRoster(ctx, w.CourseID)
	case FindRecordings:
		return Outcome{}, c.findRecordingsOf(ctx, w.MeetingID)
	case RegisterNotices:
		return Outcome{}, c.registerNotices(ctx, w.PlatformID, w.DeploymentID)
	case SendGrades:
		return c.sendGrades(ctx, w)
	case EndChatVisit:
		return c.endLate(ctx, w.VisitID)
	case CountChat:
		return Outcome{}, c.countChat(ctx, w.TenantID)
	case Sweep:
		return Outcome{}, c.sweep(ctx)
	default:
		return Outcome{}, fmt.Errorf("unknown work %T", w)
	}
}
