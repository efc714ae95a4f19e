package classroom

import (
	"strings"
	"time"
)

// Announcement is one post that the course's channel gets: the start of a
// meeting, edited until it has ended, or a recording as a reply to it.
//
// PendingID and FirstTry are stored before the first send, so that whoever comes
// after a crash looks for the post before sending it again. PostID is stored
// after; Shown is a digest of what the post says, so that nothing is edited
// without need.
type Announcement struct {
	ID          string
	TenantID    string
	CourseID    string
	RoomID      string
	RecordingID string // empty: of a meeting
	ThreadID    string // announcement that this one replies to
	Warns       Retire // what is to happen to the recordings that it names; empty: it is no warning
	State       AnnouncementState
	PendingID   string
	FirstTry    time.Time
	LeaseUntil  time.Time // one worker at a time
	ChannelID   string
	PostID      string
	Shown       string
	Problem     string // why the last try failed; empty: it did not
	Failures    int64  // tries that failed, one after another
	FailedAt    time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// AnnouncementState says whether there is still something to keep up to date.
type AnnouncementState string

const (
	AnnouncementWaiting AnnouncementState = "waiting" // not sent, or we do not know
	AnnouncementPosted  AnnouncementState = "posted"
	AnnouncementGone    AnnouncementState = "gone"    // somebody deleted the post: we do not send it again
	AnnouncementDropped AnnouncementState = "dropped" // the course has no channel, or nobody entered
)

// problemLimit is how much is kept of what went wrong.
const problemLimit = 300

// tried notes how the last try went: for the admin who wonders where a post is.
func (a *Announcement) tried(err error, now time.Time) {
	if err == nil {
		a.Problem, a.Failures, a.FailedAt = "", 0, time.Time{}
		return
	}
	text := strings.ReplaceAll(err.Error(), "announcement "+a.ID+": ", "")
	text = strings.ReplaceAll(text, "publish "+a.ID+": ", "")
	a.Problem, a.FailedAt = cut(text, problemLimit), now
	a.Failures++
}
