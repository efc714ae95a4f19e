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
	RosterURL    string // context_memberships_url of the newest launch (NRPS §3.6.1.1); empty: no roster
	GradesURL    string // lineitems of the newest launch (AGS §4.1); empty: no gradebook
	GradesScopes string // what may be done there, separated by blanks
	GroupsURL    string // context_groups_url of the newest launch; empty: no groups
	CopiedFrom   string // id of the course that the LMS made this one of
	Resembles    string // id of a course of another registration that this may be: a hint for an admin
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// ChannelState is how far the course's channel has come.
type ChannelState string

const (
	ChannelNone   ChannelState = ""
	ChannelWanted ChannelState = "wanted" // work is enqueued to open it
	ChannelOpen   ChannelState = "open"
	// ChannelArchived: an admin closed it. No launch opens it again, an admin does.
	ChannelArchived ChannelState = "archived"
)

// Lasts reports whether there is a channel, or will be one.
func (s ChannelState) Lasts() bool { return s == ChannelWanted || s == ChannelOpen }

// HasRoster reports whether the LMS offers the list of the course's members. A
// launch that names no context may offer one as well (OpenOlat's do): nothing
// says whose it is.
func (c Course) HasRoster() bool { return c.RosterURL != "" && c.ContextID != "" }

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
	ResourceLinkID string // the room's own id when no link has made it: deep linking, groups
	Title          string
	Description    string
	Record         bool   // its meetings may be recorded
	Graded         bool   // attendance is a grade in the LMS
	GradeAfter     int64  // hours after a meeting when grades are sent by themselves; 0: by hand
	LineItemURL    string // of the room in the LMS's gradebook, once known
	Grouped        bool   // a meeting for each group of the course, in a room for each
	ParentID       string // of a group's room: the room that it is a part of
	GroupID        string // of a group's room: the LMS's id of the group
	CopiedFrom     string // of a copy to which links lead by the id of the room that it was; empty otherwise
	NamedBy        string // of a room that deep linking made: the resource link that gives it its title
	Version        int64  // grows whenever something that the room page shows has changed
	CreatedAt      time.Time
	UpdatedAt      time.Time
}
