package classroom

import (
	"context"
	"time"
)

// ServerBook is the BigBlueButton servers of a tenant as those who run them see
// them. Every method keeps to the tenant.
type ServerBook interface {
	// ListServers lists the disabled ones, too, oldest first.
	ListServers(ctx context.Context, tenantID string) ([]Server, error)
	TenantServer(ctx context.Context, tenantID, id string) (Server, error)
	CreateServer(ctx context.Context, s Server) error
	SaveServer(ctx context.Context, s Server) error
	// DeleteServer answers Conflict when a meeting was held there.
	DeleteServer(ctx context.Context, tenantID, id string) error
	// ServersToRetire lists those of all tenants whose old secrets have had their time.
	ServersToRetire(ctx context.Context, now time.Time) ([]Server, error)
	ServerHealths(ctx context.Context, tenantID string) (map[string]ServerHealth, error) // by server
	SaveServerHealth(ctx context.Context, h ServerHealth) error                          // inserts or replaces
}

// ServerHealth is how a server did when it was last tried.
type ServerHealth struct {
	ServerID   string
	TenantID   string
	TriedAt    time.Time
	AnsweredAt time.Time // it last did all right
	Millis     int64     // that it took
	Failures   int64     // in a row
	Finding    string    // bbb.Finding; empty: nothing is wrong
	Version    string    // empty: it does not tell
}

// MeetingBook is a tenant's meetings.
type MeetingBook interface {
	// LiveMeetings lists open meetings, the oldest first.
	LiveMeetings(ctx context.Context, tenantID string, offset, limit int) ([]LiveMeeting, error)
	TenantMeeting(ctx context.Context, tenantID, id string) (LiveMeeting, error)
	// CourseUsages lists what courses used between two times, by name.
	CourseUsages(ctx context.Context, tenantID string, from, to time.Time) ([]CourseUsage, error)
}

// LiveMeeting is a meeting with the names of where it is held.
type LiveMeeting struct {
	Meeting
	Room     string
	CourseID string
	Course   string
	Server   string
}

// RecordingBook is a tenant's recordings.
type RecordingBook interface {
	TenantRecording(ctx context.Context, tenantID, id string) (Recording, error)
	// ListRecordings lists what the search finds, the newest first.
	ListRecordings(ctx context.Context, tenantID string, s RecordingSearch, offset, limit int) ([]ListedRecording, error)
	// SumRecordings counts what the search finds, and adds up its sizes.
	SumRecordings(ctx context.Context, tenantID string, s RecordingSearch) (count, bytes int64, err error)
	// CourseSpaces lists the courses whose recordings take the most space.
	CourseSpaces(ctx context.Context, tenantID string, limit int) ([]CourseSpace, error)
}

// RecordingSearch narrows the list; empty fields do not.
type RecordingSearch struct {
	Course string // a part of its name
	Room   string // a part of its name
	State  RecordingState
	From   time.Time
	To     time.Time // not included
}

// ListedRecording is a recording with the names of where it was made.
type ListedRecording struct {
	Recording
	Room   string
	Course string
}

// CourseSpace is the space that the recordings of a course take.
type CourseSpace struct {
	CourseID   string
	Course     string
	Recordings int64
	Bytes      int64
}
