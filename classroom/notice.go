package classroom

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// Why there is no post to make of an announcement at the moment.
var (
	errNotYet       = errors.New("the channel or the thread is not there yet")
	errNothingToSay = errors.New("nobody has been inside yet")
	errNobodyReads  = errors.New("no channel, or nobody came")
)

// postOf reads what a post has to say now, and where.
func (c *Classroom) postOf(ctx context.Context, a Announcement) (Post, error) {
	course, err := c.Store.Course(ctx, a.CourseID)
	if err != nil {
		return Post{}, err
	}
	switch course.Channel {
	case ChannelNone, ChannelArchived:
		return Post{}, errNobodyReads
	case ChannelWanted:
		return Post{}, errNotYet
	}
	p := Post{ChannelID: course.ChannelID}
	if a.PostID != "" {
		p.ChannelID = a.ChannelID
	}
	n, err := c.noticeBase(ctx, a, course)
	if err != nil {
		return Post{}, err
	}
	if a.Warns != "" {
		p.Notice, err = c.warningNotice(ctx, a, n)
		return p, err
	}
	if a.RecordingID == "" {
		n, err = c.meetingNotice(ctx, a, n)
	} else if p.RootID, err = c.threadOf(ctx, a); err == nil {
		n, err = c.recordingNotice(ctx, a, n)
	}
	if err != nil {
		return Post{}, err
	}
	p.Notice, err = c.phrased(ctx, a.TenantID, n)
	return p, err
}

func (c *Classroom) noticeBase(ctx context.Context, a Announcement, course Course) (Notice, error) {
	t, err := c.Store.Tenant(ctx, a.TenantID)
	if err != nil {
		return Notice{}, err
	}
	room, err := c.Store.Room(ctx, a.RoomID)
	if err != nil {
		return Notice{}, err
	}
	return Notice{
		Locale: t.Offers(course.Locale), TimeZone: cmp.Or(course.TimeZone, t.TimeZone, "UTC"),
		Course: course.Name(), Room: room.Title,
	}, nil
}

// meetingNotice tells of one class, which may have been ended and started again.
func (c *Classroom) meetingNotice(ctx context.Context, a Announcement, n Notice) (Notice, error) {
	meetings, err := c.Store.MeetingsAnnounced(ctx, a.ID)
	if err != nil {
		return n, err
	}
	var held []string
	open := false
	for _, m := range meetings {
		open = open || m.OpenRoomID != nil
		if m.SeenAt.IsZero() {
			continue
		}
		held = append(held, m.ID)
		if n.StartedAt.IsZero() {
			n.StartedAt = m.CreatedAt
		}
		if m.OpenRoomID != nil {
			return c.runningNotice(ctx, n, m)
		}
		n.EndedAt = m.EndedAt
		n.Duration += m.EndedAt.Sub(m.CreatedAt).Round(time.Second)
	}
	switch {
	case len(held) > 0:
		return c.endedNotice(ctx, a, n, held)
	case open:
		return n, errNothingToSay
	default:
		return n, errNobodyReads
	}
}

func (c *Classroom) runningNotice(ctx context.Context, n Notice, m Meeting) (Notice, error) {
	by, err := c.Store.Person(ctx, m.StartedBy)
	if err != nil {
		return n, err
	}
	n.Kind, n.EndedAt, n.Duration = NoticeRunning, time.Time{}, 0
	n.By, n.Record, n.JoinURL = by.DisplayName(), m.Record, c.goURL(m.RoomID)
	return n, nil
}

func (c *Classroom) endedNotice(ctx context.Context, a Announcement, n Notice, held []string) (Notice, error) {
	named, err := c.namesInPosts(ctx, a.CourseID)
	if err != nil {
		return n, err
	}
	seen, err := c.Store.Attended(ctx, held)
	if err != nil {
		return n, err
	}
	n.Kind, n.Attended = NoticeEnded, counted(seen)
	if named {
		for _, s := range seen {
			if s.Counted {
				n.Names = append(n.Names, s.Name)
			}
		}
	}
	return n, nil
}

func (c *Classroom) recordingNotice(ctx context.Context, a Announcement, n Notice) (Notice, error) {
	r, err := c.Store.Recording(ctx, a.RecordingID)
	if err != nil {
		return n, err
	}
	n.StartedAt, n.EndedAt = r.StartedAt, r.EndedAt
	switch r.State {
	case RecordingPublished:
		n.Kind = NoticeRecording
		n.Recording = RecordingNotice{
			URL: c.goURL(a.RoomID) + "/recordings/" + r.ID, Formats: r.Formats, Length: r.EndedAt.Sub(r.StartedAt),
		}
	case RecordingDeleted:
		n.Kind = NoticeDeleted
	default:
		n.Kind = NoticeHidden
	}
	if n.Kind != NoticeRecording && a.PostID == "" {
		return n, errNothingToSay // hidden again before anybody was told
	}
	return n, nil
}

// threadOf answers the post that a reply goes under; none when it was deleted.
func (c *Classroom) threadOf(ctx context.Context, a Announcement) (string, error) {
	thread, err := c.Store.Announcement(ctx, a.ThreadID)
	switch {
	case err != nil:
		return "", err
	case thread.State == AnnouncementDropped:
		return "", errNobodyReads
	case thread.State == AnnouncementWaiting:
		return "", errNotYet
	case thread.State == AnnouncementGone:
		return "", nil
	}
	return thread.PostID, nil
}

// goURL is the address in posts: following it does nothing but join or play.
func (c *Classroom) goURL(roomID string) string { return c.URL + "/go/" + roomID }
