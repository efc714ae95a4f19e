package bridge

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
	"classbridge/locales"
)

// Setup makes what we need on a Mattermost server, or changes it, with the rights
// of a system admin, of whom nothing is kept: a session that was made with a
// password is ended. It is safe to run again: what is there is found and used.
type Setup struct {
	URL      string
	Team     string // its name, as in addresses
	Login    string // name or address of a system admin, with Password
	Password string
	Code     string // of a second factor, where the account has one
	Token    string // personal access token of a system admin, in place of the password
	ToolURL  string // our public address
	Tenant   string // whose chat it is; empty: the default one
	BotName  string // empty: classbridge
	Owner    string // user name of the account that the bot is to be moved to

	Current classroom.ChatConnection // what is to be changed; zero: none

	HTTP  *http.Client // only its Transport is used
	Texts *locales.Printer
	Now   func() time.Time

	// Confirm is asked before anything is changed that others may notice. No
	// leaves the change out; what then does not work is among the warnings.
	Confirm func(Change) (bool, error)
	// Save stores the connection. Only after it has succeeded are the bot's
	// earlier tokens revoked, so that a running service never stands without one.
	Save func(context.Context, classroom.ChatConnection) error
}

// What a Setup speaks in: the words of the domain.
type (
	Change     = classroom.ChatChange
	SetupError = classroom.ChatProblem
)

// Report is what Setup did.
type Report struct {
	Connection classroom.ChatConnection
	Done       []string
	Warnings   []string
}

// connecting is a Setup at work.
type connecting struct {
	*Setup
	*server
	me     *model.User
	config *model.Config
	team   *model.Team
	bot    *model.User // nil in a plan: it is to be made
	plan   []Change
	agreed map[string]bool
	report Report

	tokenID string
}

// Connect does all of it.
func (s *Setup) Connect(ctx context.Context) (Report, error) {
	return s.Run(ctx, classroom.ChatConnects)
}

// Run signs in, has the plan of the purpose confirmed, does it, and signs out.
func (s *Setup) Run(ctx context.Context, purpose classroom.ChatPurpose) (Report, error) {
	c := s.start(purpose)
	if err := c.signIn(ctx); err != nil {
		return c.report, err
	}
	defer c.signOut(ctx)
	if err := c.makePlan(ctx, purpose); err != nil {
		return c.report, err
	}
	if err := c.confirm(); err != nil {
		return c.report, err
	}
	return c.report, c.carryOut(ctx, purpose)
}

func (s *Setup) start(purpose classroom.ChatPurpose) *connecting {
	c := &connecting{Setup: s, server: newServer(s.URL, s.HTTP, s.Now, nil), agreed: map[string]bool{}}
	if purpose != classroom.ChatConnects {
		c.report.Connection = s.Current
	}
	c.report.Connection.URL = strings.TrimRight(s.URL, "/")
	return c
}

// confirm has everything agreed to that is asked about.
func (c *connecting) confirm() error {
	for _, change := range c.plan {
		if !change.Asked {
			continue
		}
		yes, err := c.Confirm(change)
		if err != nil {
			return err
		}
		c.agreed[change.Key] = yes
	}
	return nil
}

// carryOut does what the purpose wants, all that is asked about only if it was
// agreed to. It looks at everything again: a plan may be ten minutes old.
func (c *connecting) carryOut(ctx context.Context, purpose classroom.ChatPurpose) error {
	for _, step := range c.steps(purpose) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *connecting) steps(purpose classroom.ChatPurpose) []func(context.Context) error {
	switch purpose {
	case classroom.ChatRotatesToken:
		return []func(context.Context) error{c.readConfig, c.findBot, c.rotateCommand, c.rotateToken}
	case classroom.ChatRotatesLogin:
		return []func(context.Context) error{c.readConfig, c.rotateApp}
	case classroom.ChatMovesBot:
		return []func(context.Context) error{c.readConfig, c.findBot, c.moveBot}
	}
	return []func(context.Context) error{
		c.readConfig, c.findTeam, c.raiseLimit, c.makeBot, c.joinTeam, c.makeApp, c.makeCommand, c.makeToken, c.save,
	}
}

func (c *connecting) signIn(ctx context.Context) (err error) {
	if c.Setup.Token != "" {
		c.server = c.as(c.Setup.Token)
		c.me, err = call(ctx, c.server, "get me", c.api.GetMe, "")
	} else {
		c.me, err = call3(ctx, c.server, "log in", c.api.LoginWithMFA, c.Login, c.Password, c.Code)
	}
	if err != nil {
		return c.problem(err, "chat.connect_login")
	}
	if !c.me.IsSystemAdmin() {
		c.signOut(ctx)
		return c.problem(nil, "chat.connect_not_admin", "User", c.me.Username)
	}
	return nil
}

// signOut ends a session that was made with a password; a token is the admin's own.
func (c *connecting) signOut(ctx context.Context) {
	if c.Setup.Token != "" {
		return
	}
	if c.logout(context.WithoutCancel(ctx)) != nil {
		c.warn("chat.connect_session_stays", "User", c.me.Username)
	}
}

func (c *connecting) readConfig(ctx context.Context) (err error) {
	c.config, err = do(ctx, c.server, "get config", c.api.GetConfig)
	return err
}

func (c *connecting) findTeam(ctx context.Context) (err error) {
	c.team, err = call2(ctx, c.server, "get team", c.api.GetTeamByName, c.Team, "")
	if hasStatus(err, http.StatusNotFound) {
		return c.problem(nil, "chat.connect_no_team", "Team", c.Team)
	}
	if err == nil {
		c.report.Connection.TeamID, c.report.Connection.TeamName = c.team.Id, c.team.Name
	}
	return err
}

// wantedLimit of people in a team: Mattermost lets 50 in unless told otherwise.
const wantedLimit = 5000

func (c *connecting) teamLimit() int64 { return int64(*c.config.TeamSettings.MaxUsersPerTeam) }

func (c *connecting) raiseLimit(ctx context.Context) error {
	c.report.Connection.TeamLimit = c.teamLimit()
	if c.teamLimit() >= wantedLimit {
		return nil
	}
	if !c.agreed["chat.connect_limit"] {
		c.warn("chat.connect_limit_stays", "Count", c.teamLimit())
		return nil
	}
	c.report.Connection.TeamLimit = wantedLimit
	patch := &model.Config{}
	patch.TeamSettings.MaxUsersPerTeam = model.NewPointer(wantedLimit)
	return c.change(ctx, patch, "TeamSettings.MaxUsersPerTeam", func(now *model.Config) bool {
		return *now.TeamSettings.MaxUsersPerTeam == wantedLimit
	})
}

// save hands the connection over and revokes the tokens that it replaces.
func (c *connecting) save(ctx context.Context) error {
	if err := c.Save(ctx, c.report.Connection); err != nil {
		return fmt.Errorf("save the connection: %w", err)
	}
	return c.revokeOlder(ctx)
}

// change patches the configuration and looks whether it took effect: what an
// environment variable fixes is answered with success and stays.
func (c *connecting) change(ctx context.Context, patch *model.Config, setting string, took func(*model.Config) bool) error {
	if _, err := call(ctx, c.server, "patch config", c.api.PatchConfig, patch); err != nil {
		return c.problem(err, "chat.connect_setting", "Setting", setting)
	}
	if err := c.readConfig(ctx); err != nil {
		return err
	}
	if !took(c.config) {
		return c.problem(nil, "chat.connect_setting_fixed", "Setting", setting)
	}
	c.done("chat.connect_setting_done", "Setting", setting)
	return nil
}

// propose puts a change into the plan: its text is that of the id, its reason that
// of id + "_why". What is asked about is left out unless it is agreed to.
func (c *connecting) propose(asked, serverWide bool, id string, args ...any) {
	c.plan = append(c.plan, Change{
		Key: id, Text: c.Texts.Text(id, args...), Why: c.Texts.Text(id+"_why", args...), ServerWide: serverWide, Asked: asked,
	})
}

func (c *connecting) done(id string, args ...any) {
	c.report.Done = append(c.report.Done, c.Texts.Text(id, args...))
}

func (c *connecting) warn(id string, args ...any) {
	c.report.Warnings = append(c.report.Warnings, c.Texts.Text(id, args...))
}

func (c *connecting) problem(err error, id string, args ...any) error {
	return &SetupError{Text: c.Texts.Text(id, args...), Err: err}
}
