package classroom

import (
	"context"
	"time"
)

// Store keeps what this package knows; package storage implements it.
//
// Methods named Find… answer (value, false, nil) when there is none; others
// answer an *Error of code NotFound. Inserting what exists already answers an
// *Error of code Conflict. Times come back in UTC.
type Store interface {
	Queries
	PlatformBook
	ServerBook
	MeetingBook
	RecordingBook
	SaveChatConnection(ctx context.Context, c ChatConnection) error
	// DeleteChatConnection answers NotFound when there is none.
	DeleteChatConnection(ctx context.Context, tenantID string) error
	// Tx runs fn in one transaction and commits if it answers nil. fn must use
	// only the Tx that it is given.
	Tx(ctx context.Context, fn func(Tx) error) error
}

// Tx is a transaction: what it enqueues is there if, and only if, it commits.
type Tx interface {
	Queries
	// Enqueue stores work to be done at that time; the zero time means now.
	Enqueue(ctx context.Context, w Work, at time.Time) error
}

// Queries are the small per-noun parts of a Store.
type Queries interface {
	PlatformStore
	CourseStore
	PersonStore
	MeetingStore
	AttendanceStore
	RecordingStore
	AnnouncementStore
	ChatStore
	ChatCommandStore
	ChatVisitStore
	ChatCountStore
	ChannelStore
	BacklogStore
	ServerStore
	RetentionStore
	QuotaStore
	MaintenanceStore
	InvitationStore
	ToolKeyStore
	RosterStore
	GradeStore
	SettingsStore
	PlacementStore
	CopyStore
	NoticeStore
	AdoptionStore
	RefusalStore
	JoinStore
	FindStore
	KeepingStore
	ErasureStore
	PersonFileStore
	PhraseStore
	PolicyStore
	// Consume marks a one-use token as used; Conflict if it was. The row may be
	// forgotten after expires.
	Consume(ctx context.Context, id string, expires time.Time) error
	// ForgetConsumed deletes the marks that expired before now.
	ForgetConsumed(ctx context.Context, now time.Time) error
}

// PlatformStore holds tenants, registrations and deployments.
type PlatformStore interface {
	Tenant(ctx context.Context, id string) (Tenant, error)
	Platform(ctx context.Context, id string) (Platform, error)
	// LockRegistration reads what is registered of that client, disabled or not, and
	// keeps others from changing it until the transaction ends.
	LockRegistration(ctx context.Context, issuer, clientID string) (Platform, bool, error)
	// PlatformsOfClient lists what is registered of clients of that id: by any issuer,
	// of any tenant, disabled or not.
	PlatformsOfClient(ctx context.Context, clientID string) ([]Platform, error)
	// CreatePlatform answers Conflict when that client of the issuer is registered;
	// the deployments are approved at once.
	CreatePlatform(ctx context.Context, p Platform, deploymentIDs []string) error
	SavePlatform(ctx context.Context, p Platform) error
	FindDeployment(ctx context.Context, platformID, deploymentID string) (Deployment, bool, error)
	CreateDeployment(ctx context.Context, d Deployment) error
	SaveDeployment(ctx context.Context, d Deployment) error
	// ReachStep notes when a registration reached the step, once.
	ReachStep(ctx context.Context, platformID string, s Step, at time.Time) error
}

// Entry is what the store already knows of a launch; nil parts are new.
type Entry struct {
	Course    *Course
	Room      *Room
	Person    *Person
	Enrolment *Enrolment
}

// EntryKey is how a launch names its course, room and person. ContextID is
// empty for a launch without a context, RoomID for a link that deep linking did
// not make.
type EntryKey struct {
	PlatformID, DeploymentID, ContextID, ResourceLinkID, RoomID, Subject string
}

// CourseStore holds courses and their rooms.
type CourseStore interface {
	// FindEntry reads it in one query. The room is the one of RoomID, if the course
	// has it or a copy of it, otherwise that of the link. An empty Subject (an
	// anonymous launch) matches nobody.
	FindEntry(ctx context.Context, k EntryKey) (Entry, error)
	Course(ctx context.Context, id string) (Course, error)
	CreateCourse(ctx context.Context, c Course) error
	SaveCourse(ctx context.Context, c Course) error // of one read by LockCourse
	// LockCourse reads the course and keeps others from changing it until the transaction ends.
	LockCourse(ctx context.Context, id string) (Course, error)
	Room(ctx context.Context, id string) (Room, error)
	CreateRoom(ctx context.Context, r Room) error
	// SaveRoom writes what launches say: names, and a line item where none is known.
	// It counts as TouchRoom.
	SaveRoom(ctx context.Context, r Room) error
	FirstRoom(ctx context.Context, courseID string) (Room, error) // oldest
	// TouchRoom and TouchCourse let the room pages know that something has changed.
	TouchRoom(ctx context.Context, roomID string) error
	TouchCourse(ctx context.Context, courseID string) error
	// RoomVersions answers the versions of those rooms in one query.
	RoomVersions(ctx context.Context, roomIDs []string) (map[string]int64, error)
}

// Access is everything that decides what a session may do in a room.
type Access struct {
	Launch    Launch
	Person    Person
	Room      Room
	Course    Course
	Enrolment Enrolment // zero when the person is not enrolled in the room's course
}

// PersonStore holds persons, enrolments and launches.
type PersonStore interface {
	Person(ctx context.Context, id string) (Person, error)
	CreatePerson(ctx context.Context, p Person) error
	SavePerson(ctx context.Context, p Person) error
	FindEnrolment(ctx context.Context, personID, courseID string) (Enrolment, bool, error)
	CreateEnrolment(ctx context.Context, e Enrolment) error
	SaveEnrolment(ctx context.Context, e Enrolment) error
	// CreateLaunch answers Conflict when the nonce of that platform was used before.
	CreateLaunch(ctx context.Context, l Launch) error
	FindLaunch(ctx context.Context, id string) (Launch, bool, error)
	// SeeLaunch notes a sign of life of the session.
	SeeLaunch(ctx context.Context, id string, at time.Time) error
	EndLaunch(ctx context.Context, id string, at time.Time) error
	// FindAccess reads launch, person, room, course and enrolment in one query;
	// false when launch or room do not exist or are of different tenants.
	FindAccess(ctx context.Context, launchID, roomID string) (Access, bool, error)
}

// MeetingStore holds meetings.
type MeetingStore interface {
	// CreateMeeting answers Conflict when the room has an open meeting.
	CreateMeeting(ctx context.Context, m Meeting) error
	Meeting(ctx context.Context, id string) (Meeting, error)
	LockMeeting(ctx context.Context, id string) (Meeting, error)
	SaveMeeting(ctx context.Context, m Meeting) error
	// LeaseMeeting lets one process create a starting meeting at BBB: true if
	// nobody's lease lasts beyond now.
	LeaseMeeting(ctx context.Context, id string, now, until time.Time) (bool, error)
	FindOpenMeeting(ctx context.Context, roomID string) (Meeting, bool, error)
	// FindLastMeeting answers the meeting of the room that ended last.
	FindLastMeeting(ctx context.Context, roomID string) (Meeting, bool, error)
	// Meetings lists the newest meetings of a room that somebody entered, the open one included.
	Meetings(ctx context.Context, roomID string, limit int) ([]Meeting, error)
	// MeetingsAnnounced lists the meetings that one post tells about, oldest first.
	MeetingsAnnounced(ctx context.Context, announcementID string) ([]Meeting, error)
	// SilentMeetings lists open meetings that were not saved since then.
	SilentMeetings(ctx context.Context, since time.Time, limit int) ([]Meeting, error)
	// MeetingsDue lists meetings whose recordings are to be asked for, oldest first.
	MeetingsDue(ctx context.Context, now time.Time, limit int) ([]Meeting, error)
}

// RecordingStore holds recordings.
type RecordingStore interface {
	Recording(ctx context.Context, id string) (Recording, error)
	CreateRecording(ctx context.Context, r Recording) error
	SaveRecording(ctx context.Context, r Recording) error
	// Recordings lists those of the meetings, oldest first.
	Recordings(ctx context.Context, meetingIDs []string) ([]Recording, error)
}

// AnnouncementStore holds announcements.
type AnnouncementStore interface {
	CreateAnnouncement(ctx context.Context, a Announcement) error
	Announcement(ctx context.Context, id string) (Announcement, error)
	LockAnnouncement(ctx context.Context, id string) (Announcement, error)
	SaveAnnouncement(ctx context.Context, a Announcement) error
	// Replies lists the announcements in the thread of that one.
	Replies(ctx context.Context, threadID string) ([]Announcement, error)
}

// ChatStore holds the chat's connection, the links to its accounts, and who
// was added to which channel.
type ChatStore interface {
	FindChatConnection(ctx context.Context, tenantID string) (ChatConnection, bool, error)
	FindChatLink(ctx context.Context, personID string) (ChatLink, bool, error)
	// FindLinkedPerson answers the link of a chat user to a person of that platform.
	FindLinkedPerson(ctx context.Context, platformID, chatUserID string) (ChatLink, bool, error)
	// CreateChatLink answers Conflict when the person or the chat user is linked already.
	CreateChatLink(ctx context.Context, l ChatLink) error
	DeleteChatLink(ctx context.Context, personID string) error
	FindAdmission(ctx context.Context, courseID, personID string) (Admission, bool, error)
	SaveAdmission(ctx context.Context, a Admission) error // inserts or replaces
	// AdmissionsWanted lists who waits for the course's channel, by person from after on.
	AdmissionsWanted(ctx context.Context, courseID, after string, limit int) ([]Admission, error)
}

// ServerStore holds the BigBlueButton servers.
type ServerStore interface {
	// Servers lists the enabled ones of the tenant, oldest first.
	Servers(ctx context.Context, tenantID string) ([]Server, error)
	Server(ctx context.Context, id string) (Server, error)
	// NoteCallback notes when a server last called back that a meeting has ended.
	NoteCallback(ctx context.Context, tenantID, serverID string, at time.Time) error
}
