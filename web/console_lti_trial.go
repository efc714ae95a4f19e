package web

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// logins are when each registration last began a login, as far as this process has
// seen it: a login writes nothing.
type logins struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (l *logins) saw(platformID string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = map[string]time.Time{}
	}
	l.at[platformID] = at
}

func (l *logins) last(platformID string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at[platformID]
}

// trialStep is one step of a launch, in the order in which they are taken.
type trialStep struct {
	Name  string // of its text, console.lti.step.NAME
	State string // "good", "bad", or empty: not reached yet
}

const (
	stepLogin     = "login"     // the LMS asks for a login
	stepAnswer    = "answer"    // and sends the person back with a token
	stepKeys      = "keys"      // its key is found
	stepSignature = "signature" // which signed the token
	stepClaims    = "claims"    // the token is for us, and of now
	stepAdmitted  = "admitted"  // registration, deployment, course and person are let in
)

func trialSteps() []string {
	return []string{stepLogin, stepAnswer, stepKeys, stepSignature, stepClaims, stepAdmitted}
}

// failedStep is where a launch that was refused came to its end.
func failedStep(r classroom.Refusal) string {
	switch refusalKind(r.Reason) {
	case "login", "unregistered":
		return stepLogin
	case "cookie", "lms":
		return stepAnswer
	case "keys":
		return stepKeys
	case "signature":
		return stepSignature
	case "disabled", "pending", "deployment", "nameless", "courseless", "pilot", "ours":
		return stepAdmitted
	}
	return stepClaims
}

// trialPage shows the next launch from a registration, step by step.
type trialPage struct {
	consolePage
	Platform  classroom.Platform
	Kind      string // of LMS; names the text of where to click
	Since     time.Time
	SeenLogin bool
	Launch    *classroom.ListedLaunch
	Refused   *classroom.Refusal
}

// Over reports whether there is nothing more to wait for.
func (p *trialPage) Over() bool { return p.Launch != nil || p.Refused != nil }

// Steps are all steps and how far the launch has come.
func (p *trialPage) Steps() []trialStep {
	reached, failed := 0, -1
	switch {
	case p.Launch != nil:
		reached = len(trialSteps())
	case p.Refused != nil:
		failed = slices.Index(trialSteps(), failedStep(*p.Refused))
		reached = failed
	case p.SeenLogin:
		reached = 1
	}
	var steps []trialStep
	for i, name := range trialSteps() {
		step := trialStep{Name: name}
		switch {
		case i < reached:
			step.State = "good"
		case i == failed:
			step.State = "bad"
		}
		steps = append(steps, step)
	}
	return steps
}

// showTrial answers GET /console/lti/platforms/:platform/test. It shows the first
// launch since the time in its address, which the page asks for again and again.
func (s *Server) showTrial(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	path := pathPlatforms + "/" + of.ID
	since, err := strconv.ParseInt(c.Query("since"), 10, 64)
	if err != nil {
		return seeOther(c, path+"/test?since="+strconv.FormatInt(s.Now().UnixMilli(), 10))
	}
	p := &trialPage{consolePage: s.consolePage(c, v, pathLTI, "console.lti.test", "Name", of.Name), Platform: of, Since: time.UnixMilli(since).UTC()}
	p.Back, p.Kind, p.Scripts = path, familyOf(of.Family), append(p.Scripts, "live.js")
	if p.Kind == "" {
		p.Kind = "other"
	}
	if err := s.readTrial(c.Request.Context(), v, p); err != nil {
		return err
	}
	return s.renderConsole(c, "console_lti_test", p)
}

func (s *Server) readTrial(ctx context.Context, v admin.Visitor, p *trialPage) error {
	p.SeenLogin = s.logins.last(p.Platform.ID).After(p.Since)
	launches, err := s.Classroom.Store.LaunchesFrom(ctx, v.Tenant.ID, p.Platform.ID, launchesShown)
	if err != nil {
		return err
	}
	for _, l := range launches { // the oldest since then comes last
		if l.CreatedAt.After(p.Since) {
			p.Launch = &l
		}
	}
	refused, err := s.Classroom.Store.Refusals(ctx, v.Tenant.ID, classroom.RefusalFilter{Limit: launchesShown})
	if err != nil {
		return err
	}
	for _, r := range refused {
		if r.CreatedAt.After(p.Since) && meant(r, p.Platform) && (p.Launch == nil || r.CreatedAt.Before(p.Launch.CreatedAt)) {
			p.Refused = &r
		}
	}
	if p.Refused != nil {
		p.Launch = nil
	}
	return nil
}

// meant reports whether a refused launch is of the registration, or would be if it
// had named the right client: that mistake is what a test is to find.
func meant(r classroom.Refusal, p classroom.Platform) bool {
	if r.PlatformID != "" {
		return r.PlatformID == p.ID
	}
	return r.Issuer == p.Issuer || r.ClientID != "" && r.ClientID == p.ClientID
}
