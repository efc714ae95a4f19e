package classroom

import (
	"context"
	"errors"
	"time"
)

// Chat is the school's Mattermost as this package needs it; package bridge
// implements it. Every method is safe to repeat.
type Chat interface {
	// OpenChannel makes the course's private channel, or finds the one it made before.
	OpenChannel(ctx context.Context, tenantID string, c ChannelSpec) (Channel, error)
	// Admit adds the user to the channel (and to the team, where needed).
	Admit(ctx context.Context, tenantID, channelID, userID string) error
	// Expel takes the user out of the channel, and of nothing else.
	Expel(ctx context.Context, tenantID, channelID, userID string) error
	// Member reports whether the user is in the channel.
	Member(ctx context.Context, tenantID, channelID, userID string) (bool, error)
	// FindByEmail returns the user with that address; ErrNoChatUser if there is none.
	FindByEmail(ctx context.Context, tenantID, email string) (ChatUser, error)
	// Publish sends the notice as a post and returns its id. It may be repeated
	// with the same Key and PendingID: when Retry is set the channel is searched
	// for a post of that key before anything is sent. ErrPostGone if somebody
	// deleted that one, ErrChannelGone if nothing can be posted there any more.
	Publish(ctx context.Context, tenantID string, p Post) (postID string, err error)
	// Edit makes an existing post of the channel show the notice. ErrPostGone if
	// somebody deleted it, ErrChannelGone as with Publish.
	Edit(ctx context.Context, tenantID, channelID, postID string, n Notice) error
}

// Errors that a Chat answers with; others mean that trying again may help.
var (
	ErrNoChat      = errors.New("no chat is connected")
	ErrNoChatUser  = errors.New("no such chat user")
	ErrPostGone    = errors.New("the post was deleted")
	ErrChannelGone = errors.New("the channel was archived or deleted")
	ErrChatFull    = errors.New("the chat's limit of users or members is reached")
)

// BusyError is the chat's 429: try again after Wait.
type BusyError struct{ Wait time.Duration }

func (e *BusyError) Error() string { return "the chat is busy, again in " + e.Wait.String() }

// ChannelSpec describes the channel of a course; bridge makes a valid name of it.
type ChannelSpec struct {
	CourseID string // the channel's name is derived from it
	Title    string
	Label    string
	Locale   string
	RoomURL  string // /go/{room}: the stable link in the header
}

// Channel is a course's channel in the chat.
type Channel struct{ ID, Name string }

// ChatUser is a user of the chat, as its own API tells it.
type ChatUser struct{ ID, Username, Name string }

// Post is one notice on its way into a channel.
type Post struct {
	Key       string // ours, stored with the post: finds it again
	PendingID string // unguessable; makes the chat refuse doubles within its 30 s
	ChannelID string
	RootID    string    // post of the thread; empty: a post of its own
	FirstTry  time.Time // of this key
	Retry     bool      // look before sending
	Notice    Notice
}

// Notice is what a post says, in values; bridge puts it into words.
type Notice struct {
	Kind      NoticeKind
	Locale    string
	TimeZone  string
	Course    string
	Room      string
	By        string // who started it
	JoinURL   string // NoticeRunning only
	Record    bool   // NoticeRunning: entering means that one may be recorded
	StartedAt time.Time
	EndedAt   time.Time
	Duration  time.Duration
	Attended  int
	Names     []string // only where the tenant shows names
	Recording RecordingNotice
	Classes   []time.Time `json:",omitempty"` // beginnings of the recorded classes that a warning names
	Phrase    string      `json:",omitempty"` // of the school's own, see FillPhrase
	School    string      `json:",omitempty"` // where there is a Phrase
}

// NoticeKind chooses the text.
type NoticeKind string

const (
	NoticeRunning   NoticeKind = "running"
	NoticeEnded     NoticeKind = "ended"
	NoticeRecording NoticeKind = "recording" // published
	NoticeHidden    NoticeKind = "hidden"    // was published, is no longer
	NoticeDeleted   NoticeKind = "deleted"
	NoticeHiding    NoticeKind = "hiding"   // recordings will be hidden at EndedAt
	NoticeDeleting  NoticeKind = "deleting" // recordings will be deleted at EndedAt
	NoticeKept      NoticeKind = "kept"     // what a warning said will not happen
)

// RecordingNotice is the part of a Notice about a recording. URL leads to us,
// never to a playback address.
type RecordingNotice struct {
	URL     string
	Formats []string
	Length  time.Duration
}

// ChatConnection is how a tenant's Mattermost is reached, and reaches us. Token,
// OAuthSecret and CommandToken are secrets.
type ChatConnection struct {
	TenantID    string
	URL         string
	Token       string // of the bot
	BotID       string
	TeamID      string
	TeamName    string
	OAuthID     string
	OAuthSecret string

	CommandToken string // that its server sends with the slash command; empty: there is none
	TeamLimit    int64  // of people in a team, as an admin saw it; 0: not known
	BotOwner     string // account that the bot hangs on, as an admin saw it; empty: not known
	UpdatedAt    time.Time
}

// ChatLink is a proved link between a person and a chat user (OAuth, confirmed
// by the person): one account a person and platform, both ways.
type ChatLink struct {
	ID         string
	TenantID   string
	PlatformID string
	PersonID   string
	ChatUserID string
	Username   string
	CreatedAt  time.Time
}

// Admission is how a person stands towards the channel of a course.
type Admission struct {
	TenantID   string
	CourseID   string
	PersonID   string
	ChatUserID string // the account that was let in; may be empty of old ones
	State      AdmissionState
	UpdatedAt  time.Time
}

// AdmissionState is what happened when we tried to add somebody to the channel.
type AdmissionState string

const (
	AdmissionWanted    AdmissionState = "wanted"
	AdmissionDone      AdmissionState = "member"
	AdmissionNoAccount AdmissionState = "no_account"
	AdmissionFull      AdmissionState = "full"
	AdmissionLeaving   AdmissionState = "leaving" // the enrolment has ended: to be taken out
	AdmissionEnded     AdmissionState = "ended"
)
