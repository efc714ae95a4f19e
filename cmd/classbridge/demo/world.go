// Package demo is the world around the tool that `classbridge demo` runs: a
// school's LMS, its BigBlueButton and its chat, made of the stand-ins that tests
// use. It listens nowhere: whoever runs it mounts Handler on loopback alone.
//
//	w, err := demo.New(demo.Config{Port: 8480, HTTP: client, Now: time.Now, Log: log})
//	w.Platform(), w.Server(), w.Chat()   what the tool has to know of it
//	w.Handler(tool)                      all of it and the tool, told apart by host
//	w.Run(ctx)                           lets time pass
//
// Every part has a host of its own below localhost. Browsers take them for this
// machine without asking (RFC 6761 §6.3) and for different sites, so that the
// tool is as much a third party in the LMS's frame as it is in a school.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/bridge/bridgetest"
	"classbridge/classroom"
	"classbridge/lti/ltitest"

	"github.com/google/uuid"
)

// recordingDelay is how long the stand-in takes to publish a recording: enough
// to see that it is being processed.
const recordingDelay = 3 * time.Second

// Config of a World; all fields must be set.
type Config struct {
	Port int          // of the listener
	HTTP *http.Client // by which BigBlueButton calls the tool back
	Now  func() time.Time
	Log  *slog.Logger
}

// World is everything but the tool.
type World struct {
	cfg  Config
	lms  *ltitest.LMS
	bbb  *bbbtest.Server
	chat *bridgetest.Server

	course     http.Handler // the LMS's pages
	enrolments enrolments
	bbbSecret  string
	connection classroom.ChatConnection
}

// New makes a world in which nothing has happened yet.
func New(c Config) (*World, error) {
	w := &World{cfg: c, bbbSecret: uuid.NewString()}
	var err error
	w.lms, err = ltitest.New(ltitest.Config{
		URL: w.LMS(), ToolURL: w.Tool(), ClientID: "demo-" + uuid.NewString(),
		Persons: persons(), Courses: courses(), Links: links(), Groups: groups(), Now: c.Now,
	})
	if err != nil {
		return nil, err
	}
	if w.course, err = newCoursePages(w); err != nil {
		return nil, err
	}
	w.bbb = bbbtest.New(bbbtest.Config{
		URL: w.BBB(), Secrets: []string{w.bbbSecret}, RecordingDelay: recordingDelay,
		Now: c.Now, HTTP: c.HTTP, Logger: c.Log,
	})
	w.openChat()
	return w, nil
}

// openChat makes the school's team with an account for everybody in the LMS. The
// addresses are the same in both, so that they are found and added.
func (w *World) openChat() {
	w.chat = bridgetest.New(bridgetest.Config{URL: w.ChatURL(), Now: w.cfg.Now})
	team := w.chat.AddTeam("school")
	for _, p := range persons() {
		w.chat.AddMember(team, w.chat.AddUser(bridgetest.User{Username: p.Sub, Name: p.Name, Email: p.Email}))
	}
	bot := w.chat.AddBot("classbridge", team)
	app := w.chat.AddApp(w.Tool() + "/mattermost/oauth")
	w.connection = classroom.ChatConnection{
		URL: w.ChatURL(), Token: bot.Token, BotID: bot.ID, TeamID: team, TeamName: "school",
		OAuthID: app.ID, OAuthSecret: app.Secret,
	}
}

// Platform is the registration of the LMS, whose deployment is DeploymentID.
func (w *World) Platform() classroom.Platform {
	p := classroom.Platform{
		Platform: w.lms.Platform(uuid.Must(uuid.NewV7()).String()), TenantID: classroom.DefaultTenant, Name: "Demo LMS",
		Channels: classroom.ChannelAtFirstLaunch, NewDeployments: classroom.DeploymentPending, Record: true, CreatedAt: w.cfg.Now(),
	}
	for _, one := range persons() {
		p.FrameOrigins = append(p.FrameOrigins, w.desk(one))
	}
	return p
}

// DeploymentID is the LMS's id of the tool's deployment.
func (w *World) DeploymentID() string { return w.lms.DeploymentID }

// Server is the BigBlueButton.
func (w *World) Server() classroom.Server {
	now := w.cfg.Now()
	return classroom.Server{
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: classroom.DefaultTenant, Name: "Demo BigBlueButton",
		URL: w.BBB() + "/bigbluebutton/", Secrets: []string{w.bbbSecret}, Hash: "sha256", CreatedAt: now, UpdatedAt: now,
	}
}

// Chat is the connection to the chat.
func (w *World) Chat() classroom.ChatConnection {
	c := w.connection
	c.TenantID, c.UpdatedAt = classroom.DefaultTenant, w.cfg.Now()
	return c
}

// Run lets time pass at BigBlueButton until ctx ends.
func (w *World) Run(ctx context.Context) { w.bbb.Run(ctx) }

// The addresses of the parts.

// LMS is where the story begins.
func (w *World) LMS() string { return w.at("lms") }

// Tool is the public address of the tool.
func (w *World) Tool() string { return w.at("tool") }

// BBB is the BigBlueButton's.
func (w *World) BBB() string { return w.at("bbb") }

// ChatURL is the chat's.
func (w *World) ChatURL() string { return w.at("chat") }

func (w *World) at(part string) string {
	return fmt.Sprintf("http://%s.localhost:%d", part, w.cfg.Port)
}
