package web

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/locales"

	"github.com/gin-gonic/gin"
)

const pathMattermost = "/console/mattermost"

// ChatHealth looks at the chat's server as it is now; package bridge implements it.
type ChatHealth interface {
	Verify(ctx context.Context, conn classroom.ChatConnection, p *locales.Printer) []classroom.ChatCheck
	// Seen is what this process has seen of the tenant's chat.
	Seen(tenantID string) classroom.ChatSeen
}

// healthTime is how long a page waits for the chat's server.
const healthTime = 20 * time.Second

// mattermostPage is the connection, and what needs somebody.
type mattermostPage struct {
	consolePage
	Conn      classroom.ChatConnection // without its secrets
	Connected bool
	App       bool // there is an OAuth app
	Given     bool // by the environment: not to be changed here
	Waiting   int64
	Failed    int64
	Courses   int64
	Open      int64 // of them, with a channel
	Seen      classroom.ChatSeen
}

func (s *Server) mattermostRoutes() []consoleRoute {
	routes := []consoleRoute{
		{get, pathMattermost, admin.Read, s.showMattermost},
		{get, pathMattermost + "/health", admin.Read, s.showChatHealth},
		{post, pathMattermost + "/disconnect", admin.Change, s.disconnectChat},
	}
	routes = append(routes, s.chatVisitRoutes()...)
	routes = append(routes, s.chatCourseRoutes()...)
	return append(routes, s.chatPostRoutes()...)
}

// showMattermost answers GET /console/mattermost.
func (s *Server) showMattermost(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	p := &mattermostPage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost"), Given: s.givenChat(v), Seen: s.ChatHealth.Seen(v.Tenant.ID)}
	var err error
	if p.Conn, p.Connected, err = s.shownChat(ctx, v); err != nil {
		return err
	}
	p.App = p.Conn.OAuthID != ""
	if p.Waiting, p.Failed, err = store.CountOpenAnnouncements(ctx, v.Tenant.ID); err != nil {
		return err
	}
	q := classroom.CourseChannelQuery{TenantID: v.Tenant.ID}
	if p.Courses, err = store.CountCourseChannels(ctx, q); err != nil {
		return err
	}
	open := classroom.ChannelOpen
	q.State = &open
	if p.Open, err = store.CountCourseChannels(ctx, q); err != nil {
		return err
	}
	return s.renderConsole(c, "console_mattermost", p)
}

// shownChat is the connection without what no page may have.
func (s *Server) shownChat(ctx context.Context, v admin.Visitor) (classroom.ChatConnection, bool, error) {
	conn, found, err := s.Classroom.Store.FindChatConnection(ctx, v.Tenant.ID)
	conn.Token, conn.OAuthSecret, conn.CommandToken = "", "", ""
	return conn, found, err
}

// givenChat reports whether the environment of the program connects the chat: what
// is changed here would not last.
func (s *Server) givenChat(v admin.Visitor) bool {
	return s.ChatGiven && v.Tenant.ID == classroom.DefaultTenant
}

func (s *Server) refuseGiven(v admin.Visitor) error {
	if s.givenChat(v) {
		return refuse(classroom.Conflict, "error.chat_given", "the environment gives the connection")
	}
	return nil
}

// chatHealthPage is what is found when one looks now.
type chatHealthPage struct {
	consolePage
	Checks  []classroom.ChatCheck
	Broken  int
	Counted bool
	Outlook classroom.ChatOutlook
	Seen    classroom.ChatSeen
}

// showChatHealth answers GET /console/mattermost/health.
func (s *Server) showChatHealth(c *gin.Context, v admin.Visitor) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), healthTime)
	defer cancel()
	conn, found, err := s.Classroom.Store.FindChatConnection(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	if !found {
		return done(c, pathMattermost, "console.said.mattermost.none")
	}
	p := &chatHealthPage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.health")}
	p.Back = pathMattermost
	p.Checks = s.ChatHealth.Verify(ctx, conn, p.Printer)
	for _, check := range p.Checks {
		if !check.OK {
			p.Broken++
		}
	}
	p.Outlook, err = s.Classroom.ViewChatOutlook(ctx, v.Tenant.ID)
	p.Counted = err == nil // why not is among the checks
	p.Seen = s.ChatHealth.Seen(v.Tenant.ID)
	return s.renderConsole(c, "console_mattermost_health", p)
}

// disconnectChat answers POST /console/mattermost/disconnect.
func (s *Server) disconnectChat(c *gin.Context, v admin.Visitor) error {
	if err := s.refuseGiven(v); err != nil {
		return err
	}
	conn, _, err := s.shownChat(c.Request.Context(), v)
	if err != nil {
		return err
	}
	err = s.Classroom.DisconnectChat(c.Request.Context(), v.Tenant.ID)
	if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: "mattermost.disconnect", Subject: conn.URL}, err); err != nil {
		return err
	}
	return done(c, pathMattermost, "console.said.mattermost.disconnected")
}

// chatListSize is how much a list of these pages shows at a time.
const chatListSize = 50

// chatPaging is where one is in a list.
type chatPaging struct {
	Page  int // from 1 on
	Pages int
	path  string
	query url.Values
}

func newChatPaging(c *gin.Context, total int64, query url.Values) chatPaging {
	p := chatPaging{Pages: max(1, int((total+chatListSize-1)/chatListSize)), path: c.Request.URL.Path, query: query}
	p.Page, _ = strconv.Atoi(c.Query("page"))
	p.Page = min(max(p.Page, 1), p.Pages)
	return p
}

func (p chatPaging) offset() int { return (p.Page - 1) * chatListSize }

// Previous and Next are the addresses of the pages beside this one; empty: none.
func (p chatPaging) Previous() string { return p.at(p.Page - 1) }
func (p chatPaging) Next() string     { return p.at(p.Page + 1) }

func (p chatPaging) at(page int) string {
	if page < 1 || page > p.Pages {
		return ""
	}
	q := url.Values{"page": {strconv.Itoa(page)}}
	for k, v := range p.query {
		if len(v) > 0 && v[0] != "" {
			q[k] = v
		}
	}
	return p.path + "?" + q.Encode()
}
