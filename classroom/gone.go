package classroom

import "context"

// gone reports whether what the work is about was deleted since it was enqueued:
// there is nothing left to do.
func (c *Classroom) gone(ctx context.Context, w Work) bool {
	var err error
	switch w := w.(type) {
	case Follow:
		_, err = c.Store.Meeting(ctx, w.MeetingID)
	case Watch:
		_, err = c.Store.Meeting(ctx, w.MeetingID)
	case Reconcile:
		_, err = c.Store.Meeting(ctx, w.MeetingID)
	case FindRecordings:
		_, err = c.Store.Meeting(ctx, w.MeetingID)
	case Announce:
		_, err = c.Store.Announcement(ctx, w.AnnouncementID)
	case OpenChannel:
		_, err = c.Store.Course(ctx, w.CourseID)
	case Admit:
		_, err = c.Store.Course(ctx, w.CourseID)
	case AdmitWaiting:
		_, err = c.Store.Course(ctx, w.CourseID)
	case Expel:
		_, err = c.Store.Course(ctx, w.CourseID)
	case SyncRoster:
		_, err = c.Store.Course(ctx, w.CourseID)
	case SendGrades:
		_, err = c.Store.Room(ctx, w.RoomID)
	case RegisterNotices:
		_, err = c.Store.Platform(ctx, w.PlatformID)
	}
	return Is(err, NotFound)
}
