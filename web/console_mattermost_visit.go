package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// chatSignInPage asks for the sign-in of a system admin of the chat. What one
// signs in with never comes back.
type chatSignInPage struct {
	consolePage
	Purpose classroom.ChatPurpose
	Path    string
	Wish    classroom.ChatWish
	Login   string
	Wrong   map[string]string // field to the text of what is wrong with it
	Problem string
}

// chatPurposes are what an admin of the chat signs in for, by the last part of
// the address.
func chatPurposes() map[string]classroom.ChatPurpose {
	return map[string]classroom.ChatPurpose{
		"connect": classroom.ChatConnects, "rotate-token": classroom.ChatRotatesToken,
		"rotate-secret": classroom.ChatRotatesLogin, "move-bot": classroom.ChatMovesBot,
	}
}

// chatAct is how the audit log names what was done for the purpose.
func chatAct(p classroom.ChatPurpose) string {
	switch p {
	case classroom.ChatRotatesToken:
		return "mattermost.rotate_token"
	case classroom.ChatRotatesLogin:
		return "mattermost.rotate_secret"
	case classroom.ChatMovesBot:
		return "mattermost.move_bot"
	}
	return "mattermost.connect"
}

func (s *Server) chatVisitRoutes() []consoleRoute {
	routes := []consoleRoute{
		{get, pathMattermost + "/visits/:visit", admin.Change, s.showChatVisit},
		{post, pathMattermost + "/visits/:visit", admin.Change, s.applyChatVisit},
		{post, pathMattermost + "/visits/:visit/leave", admin.Change, s.leaveChatVisit},
	}
	for name, purpose := range chatPurposes() {
		path := pathMattermost + "/" + name
		routes = append(routes,
			consoleRoute{get, path, admin.Change, s.showChatSignIn(purpose, path)},
			consoleRoute{post, path, admin.Change, s.signInToChat(purpose, path)})
	}
	return routes
}

// showChatSignIn answers GET /console/mattermost/connect and its like.
func (s *Server) showChatSignIn(purpose classroom.ChatPurpose, path string) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		p, err := s.chatSignIn(c, v, purpose, path)
		if err != nil {
			return err
		}
		return s.renderConsole(c, "console_mattermost_sign_in", p)
	}
}

func (s *Server) chatSignIn(c *gin.Context, v admin.Visitor, purpose classroom.ChatPurpose, path string) (*chatSignInPage, error) {
	if err := s.refuseGiven(v); err != nil {
		return nil, err
	}
	conn, connected, err := s.shownChat(c.Request.Context(), v)
	if err != nil {
		return nil, err
	}
	if !connected && purpose != classroom.ChatConnects {
		return nil, refuse(classroom.Conflict, "error.chat_none", "no chat is connected")
	}
	p := &chatSignInPage{
		consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.sign_in."+string(purpose)), Purpose: purpose, Path: path,
		Wish: classroom.ChatWish{Purpose: purpose, URL: conn.URL, Team: conn.TeamName},
	}
	p.Back = pathMattermost
	p.Wish.Locale = p.Lang()
	return p, nil
}

// signInToChat answers POST /console/mattermost/connect and its like: it signs
// the admin in, plans, and shows the plan.
func (s *Server) signInToChat(purpose classroom.ChatPurpose, path string) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		p, err := s.chatSignIn(c, v, purpose, path)
		if err != nil {
			return err
		}
		form, err := postedForm(c, maxForm)
		if err != nil {
			return err
		}
		login := p.read(form)
		if len(p.Wrong) > 0 {
			return s.renderConsoleAs(c, http.StatusUnprocessableEntity, "console_mattermost_sign_in", p)
		}
		visit, err := s.Classroom.PlanChat(c.Request.Context(), v.Tenant.ID, v.Account.ID, login, p.Wish)
		act := admin.Act{Name: "mattermost.sign_in", Subject: p.Wish.URL, SubjectID: visit.ID, Detail: []string{"for: " + chatAct(purpose)}}
		if visit.Session.Username != "" {
			act.Detail = append(act.Detail, "as: "+visit.Session.Username)
		}
		err = s.Console.Record(c.Request.Context(), v, act, err)
		var said *classroom.ChatProblem
		if errors.As(err, &said) {
			p.Problem = said.Error()
			return s.renderConsoleAs(c, http.StatusUnprocessableEntity, "console_mattermost_sign_in", p)
		}
		if err != nil {
			return err
		}
		return seeOther(c, visitPath(visit.ID))
	}
}

func visitPath(id string) string { return pathMattermost + "/visits/" + id }

// teamName is a team as addresses of the chat have it; userName an account.
var (
	teamName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	userName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
)

// read takes what was typed; the sign-in itself is answered and not kept.
func (p *chatSignInPage) read(form url.Values) classroom.ChatLogin {
	p.Wrong = map[string]string{}
	wrong := func(field string) { p.Wrong[field] = p.Text("console.mattermost.wrong." + field) }
	text := func(field string) string { return strings.TrimSpace(form.Get(field)) }
	p.Login = text("login")
	if p.Purpose == classroom.ChatConnects {
		p.Wish.URL, p.Wish.Team, p.Wish.BotName = strings.TrimRight(text("url"), "/"), strings.ToLower(text("team")), strings.ToLower(text("bot"))
		if webAddress(p.Wish.URL) == "" || strings.ContainsAny(p.Wish.URL, "?#@") {
			wrong("url")
		}
		if !teamName.MatchString(p.Wish.Team) {
			wrong("team")
		}
		if p.Wish.BotName != "" && !userName.MatchString(p.Wish.BotName) {
			wrong("bot")
		}
	}
	if p.Purpose == classroom.ChatMovesBot {
		if p.Wish.Owner = strings.ToLower(strings.TrimPrefix(text("owner"), "@")); !userName.MatchString(p.Wish.Owner) {
			wrong("owner")
		}
	}
	login := classroom.ChatLogin{Name: p.Login, Password: form.Get("password"), Code: text("code"), Token: text("token")}
	if login.Token == "" && login.Name == "" {
		wrong("login")
	}
	if login.Token == "" && login.Password == "" {
		wrong("password")
	}
	return login
}

// chatVisitPage shows a plan, then what came of it.
type chatVisitPage struct {
	consolePage
	Visit classroom.ChatVisit // without its session
	Late  bool                // the plan is too old to be confirmed
}

// ShowsPlan reports whether there is something to confirm.
func (p *chatVisitPage) ShowsPlan() bool {
	return p.Visit.State == classroom.ChatVisitPlanned && !p.Late
}

// showChatVisit answers GET /console/mattermost/visits/:visit.
func (s *Server) showChatVisit(c *gin.Context, v admin.Visitor) error {
	visit, err := s.Classroom.ChatVisit(c.Request.Context(), v.Tenant.ID, v.Account.ID, c.Param("visit"))
	if err != nil {
		return err
	}
	p := &chatVisitPage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.sign_in."+string(visit.Wish.Purpose)), Visit: visit}
	p.Visit.Session.Token = ""
	p.Back, p.Late = pathMattermost, !s.Now().Before(visit.ExpiresAt)
	return s.renderConsole(c, "console_mattermost_visit", p)
}

// applyChatVisit answers POST /console/mattermost/visits/:visit.
func (s *Server) applyChatVisit(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	if err := s.refuseGiven(v); err != nil {
		return err
	}
	visit, err := s.Classroom.ApplyChat(c.Request.Context(), v.Tenant.ID, v.Account.ID, c.Param("visit"), form["agree"])
	if classroom.Is(err, classroom.NotFound) {
		return err
	}
	err = s.Console.Record(c.Request.Context(), v, admin.Act{
		Name: chatAct(visit.Wish.Purpose), Subject: visit.Wish.URL, SubjectID: visit.ID, Detail: visit.Report.Done,
	}, err)
	if err != nil && visit.State != classroom.ChatVisitFailed { // else the page says what
		return err
	}
	return seeOther(c, visitPath(visit.ID))
}

// leaveChatVisit answers POST /console/mattermost/visits/:visit/leave.
func (s *Server) leaveChatVisit(c *gin.Context, v admin.Visitor) error {
	err := s.Classroom.LeaveChat(c.Request.Context(), v.Tenant.ID, v.Account.ID, c.Param("visit"))
	if classroom.Is(err, classroom.NotFound) {
		return err
	}
	if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: "mattermost.leave", SubjectID: c.Param("visit")}, err); err != nil {
		return err
	}
	return done(c, pathMattermost, "console.said.mattermost.left")
}
