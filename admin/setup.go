package admin

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// SetupStep is one part of a new installation's way to its first class.
type SetupStep string

const (
	SetupAddress SetupStep = "address" // browsers, LMSs and BigBlueButton reach this program
	SetupBBB     SetupStep = "bbb"
	SetupChat    SetupStep = "chat"
	SetupLMS     SetupStep = "lms"
)

// SetupSteps are all of them, in order.
func SetupSteps() []SetupStep { return []SetupStep{SetupAddress, SetupBBB, SetupChat, SetupLMS} }

// SetupState is how far a step has come.
type SetupState string

const (
	SetupOpen     SetupState = "open"     // nothing was done yet
	SetupEntered  SetupState = "entered"  // it is connected, but nobody has looked whether it works
	SetupVerified SetupState = "verified" // it was looked at, and works
	SetupFailed   SetupState = "failed"   // it was looked at, and does not
	SetupSkipped  SetupState = "skipped"  // later, perhaps
)

// SetupMark is what was decided, or found, about a step.
type SetupMark struct {
	TenantID string
	Step     SetupStep
	State    SetupState
	MarkedAt time.Time
}

// SetupFacts are what a tenant has connected.
type SetupFacts struct{ Servers, Chats, Platforms int64 }

// SetupStore keeps the marks.
type SetupStore interface {
	SetupMarks(ctx context.Context, tenantID string) ([]SetupMark, error)
	SaveSetupMark(ctx context.Context, m SetupMark) error // inserts or replaces
	SetupFacts(ctx context.Context, tenantID string) (SetupFacts, error)
}

// Setup is how far a tenant has come.
type Setup struct {
	Steps []SetupProgress
	Over  bool // every step is done or skipped
}

// SetupProgress is one step of it.
type SetupProgress struct {
	Step     SetupStep
	State    SetupState
	MarkedAt time.Time // when it was last looked at, or skipped
}

// Done counts the steps that need nobody any more.
func (s Setup) Done() (n int) {
	for _, p := range s.Steps {
		if p.settled() {
			n++
		}
	}
	return n
}

// Next is the first step that needs somebody; empty if none does.
func (s Setup) Next() SetupStep {
	i := slices.IndexFunc(s.Steps, func(p SetupProgress) bool { return !p.settled() })
	if i < 0 {
		return ""
	}
	return s.Steps[i].Step
}

func (p SetupProgress) settled() bool { return p.State == SetupVerified || p.State == SetupSkipped }

// Setup answers how far a tenant has come. Only the default tenant has to see to
// the address: it is everybody's.
func (c *Console) Setup(ctx context.Context, tenantID string, ownAddress bool) (Setup, error) {
	marks, err := c.Store.SetupMarks(ctx, tenantID)
	if err != nil {
		return Setup{}, fmt.Errorf("set-up: %w", err)
	}
	facts, err := c.Store.SetupFacts(ctx, tenantID)
	if err != nil {
		return Setup{}, fmt.Errorf("set-up: %w", err)
	}
	s := Setup{Over: true}
	for _, step := range SetupSteps() {
		if step == SetupAddress && !ownAddress {
			continue
		}
		p := progress(step, marks, facts)
		s.Over = s.Over && p.settled()
		s.Steps = append(s.Steps, p)
	}
	return s, nil
}

// progress is a step as the marks have it, where the facts do not know better:
// what was skipped may have been connected since, what worked may have gone.
func progress(step SetupStep, marks []SetupMark, facts SetupFacts) SetupProgress {
	p := SetupProgress{Step: step, State: SetupOpen}
	connected := map[SetupStep]bool{
		SetupAddress: true, SetupBBB: facts.Servers > 0, SetupChat: facts.Chats > 0, SetupLMS: facts.Platforms > 0,
	}[step]
	if connected && step != SetupAddress {
		p.State = SetupEntered
	}
	for _, m := range marks {
		if m.Step == step && (connected || m.State == SetupSkipped) {
			p.State, p.MarkedAt = m.State, m.MarkedAt
		}
	}
	return p
}

// MarkSetup writes down what was decided, or found, about a step.
func (c *Console) MarkSetup(ctx context.Context, v Visitor, step SetupStep, state SetupState) error {
	m := SetupMark{TenantID: v.Tenant.ID, Step: step, State: state, MarkedAt: c.Now()}
	return c.Record(ctx, v, Act{Name: "setup.mark", Subject: string(step), Detail: []string{string(state)}}, c.Store.SaveSetupMark(ctx, m))
}
