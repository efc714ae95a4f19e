package web

import (
	"context"
	"time"

	"classbridge/doctor"

	"github.com/gin-gonic/gin"
)

// authority is who may ask for an address, and with that, who reads its
// refusals and where they may be framed.
type authority struct {
	who     string
	reader  reader // who reads what goes wrong
	framed  bool   // the LMS may show it in a frame
	lasting bool   // the answer lasts as long as the page is open
	routes  []route
}

type route struct {
	method, path string
	handle       func(*gin.Context) error
}

const (
	get  = "GET"
	head = "HEAD"
	post = "POST"
)

// table is every address of the program.
func (s *Server) table() []authority {
	return []authority{
		{who: "anybody", reader: people, routes: []route{
			{get, "/", s.showIndex},
			{get, "/robots.txt", s.showRobots},
			{get, "/static/:file", s.serveAsset},
			{get, pathAccents + ":file", s.showAccent},
			{get, pathLogos + ":school/:file", s.showBrandLogo},
			{get, pathLogo, s.showLogo},
			{head, pathLogo, s.showLogo},
			{get, "/left", s.showLeft},
		}},
		{who: "the operator", reader: machines, routes: []route{
			{get, "/healthz", s.healthy},
			{get, "/readyz", s.ready},
			{get, "/metrics", s.metrics},
		}},
		{who: "the installation itself, by a challenge that it signed", reader: machines, routes: []route{
			{get, doctor.PathProbe, s.answerProbe},
		}},
		{who: "the installation itself, for a test of streams", reader: machines, lasting: true, routes: []route{
			{get, doctor.PathStream, s.streamProbe},
		}},
		{who: "an LMS, by state and signature", reader: people, framed: true, routes: []route{
			{get, "/lti/login", s.login},
			{post, "/lti/login", s.login},
			{post, "/lti/launch", s.launch},
			{get, "/lti/launch", s.showLaunch},
			{head, "/lti/launch", s.showLaunch},
		}},
		{who: "a teacher who chooses rooms for a course, by a ticket", reader: people, framed: true, routes: []route{
			{post, "/lti/deep-linking", s.answerPlacement},
		}},
		{who: "an LMS, by signature", reader: machines, routes: []route{
			{post, "/lti/notices", s.takeNotices},
		}},
		{who: "an LMS's admin, by an invitation", reader: people, framed: true, routes: []route{
			{get, "/lti/register/:invitation", s.showRegister},
			{post, "/lti/register/:invitation", s.register},
		}},
		{who: "an LMS, public keys", reader: machines, routes: []route{
			{get, "/lti/jwks", s.showKeys},
			{get, "/lti/config.json", s.showCanvasConfig},
		}},
		{who: "a launched person, in the LMS's frame", reader: people, framed: true, routes: []route{
			{get, "/rooms/:room", s.showRoom},
			{post, "/rooms/:room/end", s.endMeeting},
			{post, "/rooms/:room/channel", s.askChannel},
			{post, "/rooms/:room/unlink", s.unlinkChat},
			{post, "/rooms/:room/leave", s.signOut},
			{post, "/rooms/:room/group", s.openGroup},
			{get, "/rooms/:room/people", s.showPeople},
			{post, "/rooms/:room/people", s.searchPeople},
			{post, "/rooms/:room/people/read", s.readRoster},
			{get, "/rooms/:room/attendance", s.showAttendance},
			{get, "/rooms/:room/grades", s.showGrades},
			{post, "/rooms/:room/grades/send", s.sendGrades},
			{post, "/rooms/:room/grades/correct", s.correctGrade},
			{get, "/rooms/:room/settings", s.showSettings},
			{post, "/rooms/:room/settings", s.changeSettings},
			{post, "/rooms/:room/page", s.showCarried},
		}},
		{who: "a launched person's page", reader: scripts, routes: []route{
			{get, "/rooms/:room/panel", s.showPanel},
			{get, "/rooms/:room/state", s.roomState},
		}},
		{who: "a launched person's page, while it is open", reader: scripts, lasting: true, routes: []route{
			{get, "/rooms/:room/events", s.streamRoom},
		}},
		{who: "a launched person, by a ticket in a new tab", reader: people, routes: []route{
			{post, "/rooms/:room/join", s.joinByTicket},
			{post, "/rooms/:room/start", s.startByTicket},
			{post, "/rooms/:room/wait", s.waitByTicket},
			{post, "/rooms/:room/connect", s.connectByTicket},
			{post, "/rooms/:room/attendance/table", s.downloadAttendance},
			{post, "/rooms/:room/recordings/:recording", s.playByTicket},
		}},
		{who: "a launched person, in that tab", reader: people, routes: []route{
			{get, "/rooms/:room/wait", s.showWait},
			{post, "/rooms/:room/enter", s.enterRoom},
			{get, "/rooms/:room/link", s.showLink},
			{post, "/rooms/:room/link", s.linkChat},
		}},
		{who: "a member of the channel, by the chat's OAuth", reader: people, routes: []route{
			{get, "/go/:room", s.showGo},
			{post, "/go/:room", s.enterGo},
			{post, "/go/:room/switch", s.switchChatUser},
			{get, "/go/:room/recordings/:recording", s.playGo},
			{get, "/mattermost/oauth", s.chatAnswered},
		}},
		{who: "the chat's server, by its command's token", reader: machines, routes: []route{
			{post, "/mattermost/command", s.answerCommand},
		}},
		{who: "a member's waiting page", reader: scripts, routes: []route{
			{get, "/go/:room/state", s.goState},
		}},
		{who: "somebody who signs in to the console", reader: people, routes: s.entranceRoutes()},
		{who: "an admin, by the console's session", reader: people, routes: s.guarded()},
		{who: "BigBlueButton, by token and signature", reader: machines, routes: []route{
			{get, "/bbb/ended/:token", s.meetingEnded},
			{get, doctor.PathCalled + ":token", s.rehearsalEnded},
			{post, "/bbb/recording/:meeting", s.recordingReady},
			{post, "/bbb/analytics/:token", s.meetingReported},
		}},
	}
}

func (s *Server) route(e *gin.Engine) {
	for _, a := range s.table() {
		for _, r := range a.routes {
			e.Handle(r.method, r.path, s.adapt(a, r.handle))
		}
	}
	nobody := authority{reader: people}
	e.NoRoute(s.adapt(nobody, s.noSuchPage))
	e.NoMethod(s.adapt(nobody, s.noSuchMethod))
}

// answerWithin is how long any answer but a stream may take: longer than a class
// takes to be created at a slow BigBlueButton.
const answerWithin = 35 * time.Second

// adapt turns a handler into gin's, and its error, or panic, into an answer.
func (s *Server) adapt(a authority, handle func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer s.recoverPanic(c, a)
		if !a.lasting {
			ctx, cancel := context.WithTimeout(c.Request.Context(), answerWithin)
			defer cancel()
			c.Request = c.Request.WithContext(ctx)
		}
		err := crossOrigin(c)
		if err == nil {
			err = checkIDs(c)
		}
		if err == nil {
			err = handle(c)
		}
		if err != nil {
			s.fail(c, a, err)
		}
	}
}
