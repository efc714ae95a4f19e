package classroom

import (
	"time"

	"classbridge/lti"
)

// DefaultTenant is the one school of an installation that has no others.
const DefaultTenant = "default"

// Tenant is one school; every row belongs to one, and every query is scoped by it.
type Tenant struct {
	ID           string
	Name         string
	Locale       string      // language of posts where the LMS names none, BCP 47
	Languages    string      // that are offered, BCP 47 with blanks between; empty: all
	TimeZone     string      // IANA name, for times in posts
	ChatGuests   GuestPolicy // channel members whose account is not linked
	NamesInPosts bool        // who attended is named in what the whole class reads
	MatchEmail   bool        // an equal e-mail address is enough for membership of the channel, never for rights
	Disabled     bool        // nobody of it gets in
	CreatedAt    time.Time
}

// GuestPolicy says how a member of the course channel enters whose chat account
// is not linked to a person of the course.
type GuestPolicy string

const (
	GuestsWait    GuestPolicy = "wait"   // in BigBlueButton's lobby, until a moderator admits them
	GuestsEnter   GuestPolicy = "viewer" // as viewers
	GuestsRefused GuestPolicy = "refuse"
)

// Platform is one registration of an LMS with what the school decided for it.
type Platform struct {
	lti.Platform
	TenantID       string
	Name           string
	Version        string // of the LMS, as it says itself
	Disabled       bool
	Pending        bool // registered by an invitation, and not approved yet
	Roles          RolePolicy
	Channels       ChannelPolicy
	NewDeployments DeploymentState // what a deployment that nobody announced becomes
	FrameOrigins   []string        // origins beside the platform's own that may frame our pages
	Record         bool            // new rooms may be recorded
	RequireName    bool            // launches without a person's name are refused
	RequireContext bool            // launches from outside a course are refused
	Starters       StartPolicy
	ChatGuests     GuestPolicy // empty: as the tenant
	NamesInPosts   NamesPolicy // empty: as the tenant
	RecordNotice   string      // what people read who may be recorded, beside our own words
	Pilot          []string    // the courses that take part, by the LMS's id or short name; none: all
	Progress       Progress
	CreatedAt      time.Time
}

// Progress is how far the set-up of a registration has come: when each step was
// first reached, zero until then.
type Progress struct {
	RegisteredAt time.Time
	TeacherAt    time.Time // first launch of a moderator
	LearnerAt    time.Time // first launch of somebody else
	NamedAt      time.Time // first launch that told the person's name
	RosterAt     time.Time // first roster read to its end
}

// Step names one time of a Progress.
type Step string

const (
	StepRegistered Step = "registered"
	StepTeacher    Step = "teacher"
	StepLearner    Step = "learner"
	StepNamed      Step = "named"
	StepRoster     Step = "roster"
)

// ChannelPolicy says when a course gets its channel.
type ChannelPolicy string

const (
	ChannelAtFirstLaunch ChannelPolicy = "first-launch" // of a teacher
	ChannelWhenAsked     ChannelPolicy = "asked"        // by a teacher on the room page
	ChannelNever         ChannelPolicy = "never"
)

// Deployment is one placement of the tool by the platform (LTI Core §3.1.3).
type Deployment struct {
	ID           string // ours
	TenantID     string
	PlatformID   string
	DeploymentID string // the platform's, unique within the registration only
	State        DeploymentState
	CreatedAt    time.Time
}

// DeploymentState is pending until an admin has approved the deployment.
type DeploymentState string

const (
	DeploymentActive  DeploymentState = "active"
	DeploymentPending DeploymentState = "pending"

	// DeploymentFirst is for Platform.NewDeployments alone: the next deployment to
	// appear is active, and those after it are pending.
	DeploymentFirst DeploymentState = "first"
)
