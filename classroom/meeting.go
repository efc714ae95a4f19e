package classroom

import "time"

// Meeting is one class held in a room, from the click on Start to its end. Each
// has a meetingID of its own at BigBlueButton.
type Meeting struct {
	ID              string // also BigBlueButton's meetingID
	TenantID        string
	RoomID          string
	OpenRoomID      *string // RoomID while open, else nil: unique, so a room has one open meeting
	ServerID        string  // the BBB server that it is held on
	State           MeetingState
	StartedBy       string // person id
	KeyID           string // of the master key that its passwords come from
	Name            string // as created at BigBlueButton
	Record          bool   // it can be recorded
	AnnouncementID  string // empty: started without announcing
	InternalID      string
	CreateTime      int64     // BigBlueButton's, ms
	LeaseUntil      time.Time // until then one process is creating it at BigBlueButton
	SeenAt          time.Time // BBB first showed somebody inside
	Inside          int       // participants at the last look
	Peak            int       // the most of them at any look
	MissingSince    time.Time // BBB first said "no such meeting" while we thought it runs
	EndAskedAt      time.Time // we asked BBB to end it, or BBB called back that it has ended
	EndedAt         time.Time
	Attended        int              // distinct people seen inside
	RecordingState  RecordingOutcome // what became of its recording
	Unmarked        bool             // BBB called back that nobody pressed record: a hint
	RecordingLookAt time.Time        // next poll for its recordings; zero: none due
	JoinedAt        time.Time        // somebody was last sent in, to a few seconds
	LookedAt        time.Time        // BBB last showed us the meeting
	HeldSeconds     int64            // how long it was held: somebody was inside, and we could see it
	ReportedAt      time.Time        // BBB told who was inside for how long; zero: we only looked
	CreatedAt       time.Time
	UpdatedAt       time.Time // last look of ours at it, too
}

// endingFor is how long a word that the meeting ends is waited for, and believed.
const endingFor = 2 * time.Minute

func (m Meeting) ending(now time.Time) bool {
	return !m.EndAskedAt.IsZero() && now.Sub(m.EndAskedAt) < endingFor
}

// unseen reports whether people were sent in and BBB was never seen again: then
// nobody can say that the class was not held.
func (m Meeting) unseen() bool {
	return m.SeenAt.IsZero() && !m.JoinedAt.IsZero() && m.LookedAt.Before(m.JoinedAt)
}

// MeetingState moves forward only: starting, running, ended; or starting, failed.
type MeetingState string

const (
	MeetingStarting MeetingState = "starting"
	MeetingRunning  MeetingState = "running"
	MeetingEnded    MeetingState = "ended"
	MeetingFailed   MeetingState = "failed"
)

// RecordingOutcome is what the room page says of a meeting's recording, so that
// the list is never empty without a reason.
type RecordingOutcome string

const (
	RecordingOff        RecordingOutcome = "off"        // the meeting could not be recorded
	RecordingPossible   RecordingOutcome = "possible"   // the meeting still runs
	RecordingProcessing RecordingOutcome = "processing" // ended; BBB has not published yet
	RecordingNone       RecordingOutcome = "none"       // nobody pressed record
	RecordingOverdue    RecordingOutcome = "overdue"    // processing for longer than OverdueAfter
	RecordingFound      RecordingOutcome = "found"      // see its Recordings
)

// OverdueAfter is how long processing may take before it is called overdue.
const OverdueAfter = 24 * time.Hour

// Continues is how soon after its end a restart continues the same post.
const Continues = 10 * time.Minute

// Recording is one recording of a meeting of ours.
type Recording struct {
	ID             string
	TenantID       string
	RoomID         string
	MeetingID      string
	RecordID       string // BBB's, unique on its server
	State          RecordingState
	Formats        []string // types of its playback formats: presentation, video, ...
	Size           int64    // bytes, where BBB tells
	StartedAt      time.Time
	EndedAt        time.Time
	AnnouncementID string // empty: not announced, as the meeting's start was not
	Kept           bool   // no retention rule touches it
	Retire         Retire // what is to happen to it at RetireAt, as the course was told
	RetireAt       time.Time
	WarningID      string // announcement that told the course; empty: none did
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// RecordingState as BBB's getRecordings tells it.
type RecordingState string

const (
	RecordingPublished   RecordingState = "published"
	RecordingUnpublished RecordingState = "unpublished"
	RecordingDeleted     RecordingState = "deleted"
)
