package bridge

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"classbridge/classroom"
	"classbridge/locales"
)

// Admin implements classroom.ChatAdmin by Setup, in steps: an admin's session
// lasts from one to the next, and is the caller's to end.
type Admin struct {
	ToolURL string
	HTTP    func(tenantID string) *http.Client // of its answer only the Transport is used
	Texts   *locales.Catalogue
	Now     func() time.Time
}

var _ classroom.ChatAdmin = (*Admin)(nil)

// SignIn implements classroom.ChatAdmin. A personal access token is the admin's
// own session: it is used as it is, and not ended.
func (a *Admin) SignIn(ctx context.Context, w classroom.ChatWish, l classroom.ChatLogin) (classroom.ChatSession, error) {
	s := a.setup(w)
	s.Login, s.Password, s.Code, s.Token = l.Name, l.Password, l.Code, l.Token
	c := s.start(classroom.ChatConnects)
	if err := c.signIn(ctx); err != nil {
		return classroom.ChatSession{}, err
	}
	return classroom.ChatSession{Username: c.me.Username, Token: c.api.AuthToken, Ours: l.Token == ""}, nil
}

// SignOut implements classroom.ChatAdmin.
func (a *Admin) SignOut(ctx context.Context, w classroom.ChatWish, s classroom.ChatSession) error {
	return newServer(w.URL, a.HTTP(w.Tenant), a.Now, nil).as(s.Token).logout(ctx)
}

// Plan implements classroom.ChatAdmin.
func (a *Admin) Plan(ctx context.Context, s classroom.ChatSession, w classroom.ChatWish) (classroom.ChatPlan, error) {
	c, err := a.resume(ctx, s, w)
	if err == nil {
		err = c.makePlan(ctx, w.Purpose)
	}
	if err != nil {
		return classroom.ChatPlan{}, c.explained(err)
	}
	return classroom.ChatPlan{Changes: c.plan}, nil
}

// CarryOut implements classroom.ChatAdmin.
func (a *Admin) CarryOut(ctx context.Context, s classroom.ChatSession, w classroom.ChatWish, agreed []string, save func(context.Context, classroom.ChatConnection) error) (classroom.ChatReport, error) {
	c, err := a.resume(ctx, s, w)
	c.Save = save
	for _, key := range agreed {
		c.agreed[key] = true
	}
	if err == nil {
		err = c.carryOut(ctx, w.Purpose)
	}
	report := classroom.ChatReport{Done: slices.Clone(c.report.Done), Warnings: slices.Clone(c.report.Warnings)}
	return report, c.explained(err)
}

// resume goes on with a session; that its admin is one still is asked again.
func (a *Admin) resume(ctx context.Context, s classroom.ChatSession, w classroom.ChatWish) (*connecting, error) {
	setup := a.setup(w)
	setup.Token = s.Token
	c := setup.start(w.Purpose)
	return c, c.signIn(ctx)
}

func (a *Admin) setup(w classroom.ChatWish) *Setup {
	return &Setup{
		URL: w.URL, Team: w.Team, BotName: w.BotName, Owner: w.Owner, Tenant: w.Tenant, Current: w.Current,
		ToolURL: a.ToolURL, HTTP: a.HTTP(w.Tenant), Texts: a.Texts.For(w.Locale), Now: a.Now,
	}
}

// explained is an error in words for the admin.
func (c *connecting) explained(err error) error {
	var said *SetupError
	var busy *classroom.BusyError
	if err == nil || errors.As(err, &said) || errors.As(err, &busy) {
		return err
	}
	return c.problem(err, "chat.connect_failed")
}
