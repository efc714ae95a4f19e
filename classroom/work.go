package classroom

import "time"

// Work is something to do later that survives a crash: enqueued in the
// transaction that wrote the fact calling for it, done by Classroom.Do. Values
// hold ids only, never names or secrets.
type Work interface{ WorkKind() string }

// Follow looks at an open meeting again and again until it has ended.
type Follow struct{ MeetingID string }

// Watch looks at a meeting often while people are on their way in.
type Watch struct{ MeetingID string }

// Reconcile looks at a meeting once, now: a callback hinted at news.
type Reconcile struct{ MeetingID string }

// Announce makes a post show the truth: sent if it was not, edited if it differs.
type Announce struct{ AnnouncementID string }

// OpenChannel makes the channel of a course that wants one.
type OpenChannel struct{ CourseID string }

// Admit adds a person to the channel of a course.
type Admit struct{ CourseID, PersonID string }

// AdmitWaiting has those admitted who wait for the channel of a course, from the
// person After on.
type AdmitWaiting struct{ CourseID, After string }

// Expel takes a person whose enrolment has ended out of the channel of a course.
type Expel struct{ CourseID, PersonID string }

// SyncRoster reads the roster of a course from the LMS.
type SyncRoster struct{ CourseID string }

// FindRecordings asks BigBlueButton for the recordings of one meeting, now.
type FindRecordings struct{ MeetingID string }

// RegisterNotices asks a platform to give notice of copied courses.
type RegisterNotices struct{ PlatformID, DeploymentID string }

// SendGrades sends the grades of a room to the LMS: because that person asked for
// it, or by itself some time after that meeting.
type SendGrades struct{ RoomID, PersonID, MeetingID string }

// EndChatVisit ends the session of an admin of the chat whom nobody signed out.
type EndChatVisit struct{ VisitID string }

// CountChat counts the people of a tenant's chat.
type CountChat struct{ TenantID string }

// Sweep is periodic: recordings that are due to be asked for, in batches;
// meetings that nobody follows; what has expired.
type Sweep struct{}

// Alarm is periodic: it looks for what people have to be told of. Package admin
// does it.
type Alarm struct{}

func (Follow) WorkKind() string          { return "follow" }
func (Watch) WorkKind() string           { return "watch" }
func (Reconcile) WorkKind() string       { return "reconcile" }
func (Announce) WorkKind() string        { return "announce" }
func (OpenChannel) WorkKind() string     { return "open_channel" }
func (Admit) WorkKind() string           { return "admit" }
func (AdmitWaiting) WorkKind() string    { return "admit_waiting" }
func (Expel) WorkKind() string           { return "expel" }
func (SyncRoster) WorkKind() string      { return "sync_roster" }
func (FindRecordings) WorkKind() string  { return "find_recordings" }
func (RegisterNotices) WorkKind() string { return "register_notices" }
func (SendGrades) WorkKind() string      { return "send_grades" }
func (EndChatVisit) WorkKind() string    { return "end_chat_visit" }
func (CountChat) WorkKind() string       { return "count_chat" }
func (Sweep) WorkKind() string           { return "sweep" }
func (Alarm) WorkKind() string           { return "alarm" }

// Outcome tells the queue how work went: done, or to be done again after Again.
// An error means that it failed and is tried again with backoff.
type Outcome struct{ Again time.Duration }
