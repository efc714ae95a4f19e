package admin

import (
	"context"
	"time"
)

// IncidentKind is what can go wrong.
type IncidentKind string

const (
	BBBFailing       IncidentKind = "bbb"         // a BigBlueButton server does not do as it is asked
	ChatFailing      IncidentKind = "chat"        // Mattermost does not answer
	ChatTokenDead    IncidentKind = "chat_token"  // Mattermost does not know the bot's token any more
	WorkWaiting      IncidentKind = "work"        // jobs have waited too long
	CallbacksMissing IncidentKind = "callbacks"   // a BigBlueButton server never calls back
	PlatformKeys     IncidentKind = "platform"    // an LMS's key set cannot be read
	CertificateDue   IncidentKind = "certificate" // our own certificate ends soon
	KeyDue           IncidentKind = "key"         // the tool's key should have been rotated
	LimitNear        IncidentKind = "limit"       // a limit will be reached
	RecordingOverdue IncidentKind = "recording"   // a recording has been processed for too long
)

// IncidentKinds are all of them, in the order in which pages list them.
func IncidentKinds() []IncidentKind {
	return []IncidentKind{
		BBBFailing, ChatFailing, ChatTokenDead, WorkWaiting, CallbacksMissing, PlatformKeys,
		CertificateDue, KeyDue, LimitNear, RecordingOverdue,
	}
}

// Finding is something wrong that a probe sees now.
type Finding struct {
	Kind      IncidentKind
	SubjectID string        // with Kind, what makes it the same incident at the next look
	Subject   string        // what it concerns, as people know it
	Detail    string        // the cause as the log has it; never a secret
	After     time.Duration // how long it must last before people are told
}

// Incident is a finding over time: people are told once, and once more when it is
// over.
type Incident struct {
	ID        string
	TenantID  string
	Kind      IncidentKind
	OpenKey   *string // kind and subject id while it lasts, else nil: there is one at a time
	Subject   string
	Detail    string
	FirstSeen time.Time
	LastSeen  time.Time
	RaisedAt  time.Time // people were told; zero: it has not lasted long enough
	ClearedAt time.Time
}

// calm is how long an incident must be gone before it is over.
const calm = 2 * time.Minute

// IncidentStore keeps incidents.
type IncidentStore interface {
	// OpenIncidents lists those of a tenant that last, the oldest first.
	OpenIncidents(ctx context.Context, tenantID string) ([]Incident, error)
	// Incidents lists those that people were told of, the newest first.
	Incidents(ctx context.Context, tenantID string, limit int) ([]Incident, error)
	Incident(ctx context.Context, tenantID, id string) (Incident, error)
	// CreateIncident answers Conflict when one of that key is open.
	CreateIncident(ctx context.Context, i Incident) error
	SaveIncident(ctx context.Context, i Incident) error
	DeleteIncident(ctx context.Context, id string) error
	// ForgetIncidents deletes those that were over before then, with their deliveries.
	ForgetIncidents(ctx context.Context, before time.Time) error
}
