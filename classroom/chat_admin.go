package classroom

import (
	"context"
	"time"
)

// ChatAdmin does on a chat's server what only its system admin may, in the
// session of one; package bridge implements it. Refusals that an admin can do
// something about are a *ChatProblem.
type ChatAdmin interface {
	// SignIn opens a session of a system admin. What it was opened with is not kept.
	SignIn(ctx context.Context, w ChatWish, l ChatLogin) (ChatSession, error)
	// SignOut ends a session; one that has ended is what is wanted.
	SignOut(ctx context.Context, w ChatWish, s ChatSession) error
	// Plan says what the wish would change, and changes nothing.
	Plan(ctx context.Context, s ChatSession, w ChatWish) (ChatPlan, error)
	// CarryOut does it; of what the plan asks about, only what was agreed to. save
	// stores the connection: what a new token or secret replaces is revoked after it.
	CarryOut(ctx context.Context, s ChatSession, w ChatWish, agreed []string, save func(context.Context, ChatConnection) error) (ChatReport, error)
}

// ChatLogin is what an admin signs in with, for the time of one call: a name with
// a password and the code of a second factor, or a personal access token.
type ChatLogin struct{ Name, Password, Code, Token string }

// ChatSession is an admin's. Token is a secret.
type ChatSession struct {
	Username string
	Token    string
	Ours     bool // made by a password, so that we end it
}

// ChatPurpose is what an admin signs in for.
type ChatPurpose string

const (
	ChatConnects     ChatPurpose = "connect"
	ChatRotatesToken ChatPurpose = "token"  // of the bot
	ChatRotatesLogin ChatPurpose = "secret" // of the OAuth app
	ChatMovesBot     ChatPurpose = "owner"
)

// ChatWish is what is to be done on the chat's server.
type ChatWish struct {
	Purpose ChatPurpose
	Tenant  string // whose chat it is
	Locale  string // of the plan and the report
	URL     string
	Team    string         // to connect
	BotName string         // to connect; empty: classbridge
	Owner   string         // user name of the account that the bot is moved to
	Current ChatConnection `json:"-"` // what there is; it holds secrets
}

// ChatChange is something that a plan would change. Key names it: what was agreed
// to is what is done, and nothing that came up since.
type ChatChange struct {
	Key        string
	Text       string
	Why        string
	ServerWide bool // it concerns everybody on the server
	Asked      bool // others may notice it: it is left out unless it was agreed to
}

// ChatPlan is what a wish would change.
type ChatPlan struct{ Changes []ChatChange }

// ChatReport is what was done, and what does not work because it was not.
type ChatReport struct {
	Done     []string
	Warnings []string
	Problem  string // why it ended early; empty: it did not
}

// ChatProblem is a reason why something could not go on, written for the admin.
type ChatProblem struct {
	Text string
	Err  error // may be nil; holds no secret
}

func (e *ChatProblem) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

func (e *ChatProblem) Unwrap() error { return e.Err }

// ChatCheck is one thing that was looked at. Where it is not OK, Problem says what
// is wrong, Effect what does not work because of it, Remedy what to do.
type ChatCheck struct {
	ID      string // of the text that names it: the same in all languages
	Name    string
	OK      bool
	Problem string
	Effect  string
	Remedy  string
}

// ChatSeen is what one process has seen of the chat since it started.
type ChatSeen struct {
	Limit     int // calls that the server allows at once; 0: it has not said
	Remaining int
	BusyAt    time.Time // when it last refused a call for being too many
	Failures  []ChatFailure
}

// ChatFailure is a call that failed, the newest first.
type ChatFailure struct {
	Call   string
	Reason string
	Times  int
	At     time.Time // last
}

// ChatVisit is an admin of the chat's server who is signed in for one change:
// from its plan to its confirmation, ten minutes at most.
type ChatVisit struct {
	ID        string
	TenantID  string
	AccountID string // of the console; whoever did not sign in does not confirm either
	State     ChatVisitState
	Session   ChatSession // Token is empty once the session has ended
	Wish      ChatWish
	Plan      ChatPlan
	Report    ChatReport
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ChatVisitState is how far the change has come.
type ChatVisitState string

const (
	ChatVisitPlanned ChatVisitState = "planned"
	ChatVisitWorking ChatVisitState = "working"
	ChatVisitDone    ChatVisitState = "done"
	ChatVisitFailed  ChatVisitState = "failed"
	ChatVisitLeft    ChatVisitState = "left" // given up, or too late
)

// ChatVisitStore keeps visits, their tokens sealed.
type ChatVisitStore interface {
	CreateChatVisit(ctx context.Context, v ChatVisit) error
	// FindChatVisit reads one of the tenant's account; both empty: whoever's.
	FindChatVisit(ctx context.Context, tenantID, accountID, id string) (ChatVisit, bool, error)
	// TurnChatVisit changes the state of a visit that is in another: Conflict unless
	// it was. Of many who try, one does.
	TurnChatVisit(ctx context.Context, id string, from, to ChatVisitState, at time.Time) error
	// EndChatVisit writes state and report, and forgets the token.
	EndChatVisit(ctx context.Context, v ChatVisit) error
	// KeepChatReport writes state and report of a visit whose session has not ended yet.
	KeepChatReport(ctx context.Context, v ChatVisit) error
	// OpenChatVisits lists those of the account that are planned.
	OpenChatVisits(ctx context.Context, tenantID, accountID string) ([]ChatVisit, error)
	// ForgetChatVisits deletes those that were made before then and hold no token.
	ForgetChatVisits(ctx context.Context, before time.Time) error
}
