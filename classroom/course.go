package classroom

import "time"

// Course is a context of the LMS (LTI Core §5.4.1), unique by registration,
// deployment and context id. A launch without a context gets a course of its
// own, named by the resource link.
type Course struct {
	ID           string
	TenantID     string
	PlatformID   string
	DeploymentID string // the platform's
	ContextID    string // the platform's; empty when LinkID stands for it
	LinkID       string // resource link of a context-less launch; empty otherwise
	Label        string
	Title        string
	Locale       string // of the first teacher who launched; the posts' language
	TimeZone     string // empty: the tenant's
	Channel      ChannelState
	ChannelID    string // the chat's id, once open
	ChannelName  string // the chat's URL name of it
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// ChannelState is how far the course's channel has come.
type ChannelState string

const (
	ChannelNone   ChannelState = ""
	ChannelWanted ChannelState = "wanted" // work is enqueued to open it
	ChannelOpen   ChannelState = "open"
)

// Name is what people call the course.
func (c Course) Name() string {
	if c.Title != "" {
		return c.Title
	}
	return c.Label
}

// Room is one resource link of a course: the classroom that it opens.
type Room struct {
	ID             string
	TenantID       string
	CourseID       string
	ResourceLinkID string
	Title          string
	Description    string
	Record         bool  // its meetings may be recorded
	Version        int64 // grows whenever something that the room page shows has changed
	CreatedAt      time.Time
	UpdatedAt      time.Time
}
