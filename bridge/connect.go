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

// Setup makes what we need on a Mattermost server, once, with the rights of a
// system admin, of whom nothing is kept: a session that was made with a password
// is ended. It is safe to run again: what is there is found and used.
type Setup struct {
	URL      string
	Team     string // its name, as in addresses
	Login    string // name or address of a system admin, with Password
	Password string
	Code     string // of a second factor, where the account has one
	Token    string // personal access token of a system admin, in place of the password
	ToolURL  string // our public address
	BotName  string // empty: classbridge

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

// Change is something that Setup wants to do.
type Change struct {
	Text       string
	Why        string
	ServerWide bool // it concerns everybody on the server
}

// Report is what Setup did.
type Report struct {
	Connection classroom.ChatConnection
	Done       []string
	Warnings   []string
}

// SetupError is a reason why Setup could not go on, written for the admin.
type SetupError struct {
	Text string
	Err  error // may be nil
}

func (e *SetupError) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

func (e *SetupError) Unwrap() error { return e.Err }

// connecting is a Setup at work.
type connecting struct {
	*Setup
	*server
	me     *model.User
	config *model.Config
	team   *model.Team
	bot    *model.User
	report Report

	tokenID string
}

// Connect does all of it.
func (s *Setup) Connect(ctx context.Context) (Report, error) {
	c := &connecting{Setup: s, server: newServer(s.URL, s.HTTP, s.Now, nil)}
	c.report.Connection = classroom.ChatConnection{URL: strings.TrimRight(s.URL, "/")}
	if err := c.signIn(ctx); err != nil {
		return c.report, err
	}
	defer c.signOut(ctx)
	for _, step := range []func(context.Context) error{
		c.readConfig, c.findTeam, c.raiseLimit, c.makeBot, c.joinTeam, c.makeApp, c.makeToken, c.save,
	} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
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
	_, err := do(context.WithoutCancel(ctx), c.server, "log out", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := c.api.Logout(ctx)
		return struct{}{}, resp, err
	})
	if err != nil {
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

// raiseLimit: Mattermost lets 50 people into a team unless told otherwise.
func (c *connecting) raiseLimit(ctx context.Context) error {
	const wanted = 5000
	now := *c.config.TeamSettings.MaxUsersPerTeam
	if now >= wanted {
		return nil
	}
	yes, err := c.ask(true, "chat.connect_limit", "From", now, "To", wanted)
	if err != nil {
		return err
	}
	if !yes {
		c.warn("chat.connect_limit_stays", "Count", now)
		return nil
	}
	patch := &model.Config{}
	patch.TeamSettings.MaxUsersPerTeam = model.NewPointer(wanted)
	return c.change(ctx, patch, "TeamSettings.MaxUsersPerTeam", func(now *model.Config) bool {
		return *now.TeamSettings.MaxUsersPerTeam == wanted
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

// ask describes the change by the text id and the reason by id + "_why".
func (c *connecting) ask(serverWide bool, id string, args ...any) (bool, error) {
	return c.Confirm(Change{
		Text: c.Texts.Text(id, args...), Why: c.Texts.Text(id+"_why", args...), ServerWide: serverWide,
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
