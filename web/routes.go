package web

import (
	"github.com/gin-gonic/gin"
)

// authority is who may ask for an address, and with that, who reads its
// refusals and where they may be framed.
type authority struct {
	who    string
	reader reader // who reads what goes wrong
	framed bool   // the LMS may show it in a frame
	routes []route
}

type route struct {
	method, path string
	handle       func(*gin.Context) error
}

const (
	get  = "GET"
	post = "POST"
)

// table is every address of the program.
func (s *Server) table() []authority {
	return []authority{
		{"anybody", people, false, []route{
			{get, "/", s.showIndex},
			{get, "/robots.txt", s.showRobots},
			{get, "/static/:file", s.serveAsset},
			{get, "/left", s.showLeft},
		}},
		{"the operator", machines, false, []route{
			{get, "/healthz", s.healthy},
			{get, "/readyz", s.ready},
			{get, "/metrics", s.metrics},
		}},
		{"an LMS, by state and signature", people, true, []route{
			{get, "/lti/login", s.login},
			{post, "/lti/login", s.login},
			{post, "/lti/launch", s.launch},
		}},
		{"an LMS, public keys", machines, false, []route{
			{get, "/lti/jwks", s.showKeys},
		}},
		{"a launched person, in the LMS's frame", people, true, []route{
			{get, "/rooms/:room", s.showRoom},
			{post, "/rooms/:room/end", s.endMeeting},
			{post, "/rooms/:room/channel", s.askChannel},
			{post, "/rooms/:room/unlink", s.unlinkChat},
		}},
		{"a launched person's page", scripts, false, []route{
			{get, "/rooms/:room/panel", s.showPanel},
			{get, "/rooms/:room/events", s.streamRoom},
			{get, "/rooms/:room/state", s.roomState},
		}},
		{"a launched person, by a ticket in a new tab", people, false, []route{
			{post, "/rooms/:room/join", s.joinByTicket},
			{post, "/rooms/:room/start", s.startByTicket},
			{post, "/rooms/:room/wait", s.waitByTicket},
			{post, "/rooms/:room/connect", s.connectByTicket},
			{post, "/rooms/:room/recordings/:recording", s.playByTicket},
		}},
		{"a launched person, in that tab", people, false, []route{
			{get, "/rooms/:room/wait", s.showWait},
			{post, "/rooms/:room/enter", s.enterRoom},
			{get, "/rooms/:room/link", s.showLink},
			{post, "/rooms/:room/link", s.linkChat},
		}},
		{"a member of the channel, by the chat's OAuth", people, false, []route{
			{get, "/go/:room", s.showGo},
			{post, "/go/:room", s.enterGo},
			{post, "/go/:room/switch", s.switchChatUser},
			{get, "/go/:room/recordings/:recording", s.playGo},
			{get, "/mattermost/oauth", s.chatAnswered},
		}},
		{"a member's waiting page", scripts, false, []route{
			{get, "/go/:room/state", s.goState},
		}},
		{"BigBlueButton, by token and signature", machines, false, []route{
			{get, "/bbb/ended/:token", s.meetingEnded},
			{post, "/bbb/recording/:meeting", s.recordingReady},
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

// adapt turns a handler into gin's, and its error, or panic, into an answer.
func (s *Server) adapt(a authority, handle func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer s.recoverPanic(c, a)
		err := crossOrigin(c)
		if err == nil {
			err = handle(c)
		}
		if err != nil {
			s.fail(c, a, err)
		}
	}
}
