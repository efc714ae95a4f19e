package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathServers = pathBBB + "/servers"

// oldSecretDays is what the form proposes.
const oldSecretDays = 7

func (s *Server) serverRoutes() []consoleRoute {
	one := pathServers + "/:server"
	return []consoleRoute{
		{get, pathServers + "/new", admin.Change, s.newServerForm},
		{post, pathServers, admin.Change, s.addServer},
		{get, one, admin.Read, s.showServer},
		{post, one, admin.Change, s.changeServer},
		{post, one + "/test", admin.Change, s.testServer},
		{post, one + "/rotate", admin.Change, s.rotateServer},
		{post, one + "/forget", admin.Change, s.actOnServer("server.forget_secrets", "console.said.bbb_forgotten", s.Classroom.RetireSecrets)},
		{post, one + "/disable", admin.Change, s.actOnServer("server.disable", "console.said.saved", s.switchServer(true))},
		{post, one + "/enable", admin.Change, s.actOnServer("server.enable", "console.said.saved", s.switchServer(false))},
		{post, one + "/remove", admin.Change, s.removeServer},
	}
}

// serverPage is one server, or the form of a new one.
type serverPage struct {
	consolePage
	View   classroom.ServerView // zero: a new one
	Wish   classroom.ServerWish // as typed; never with its secret
	Hashes []string
	Days   int64 // that old secrets stay
	Wrong  map[string]string
}

// Old is how many secrets there are beside the one that signs.
func (p *serverPage) Old() int { return max(0, len(p.View.Secrets)-1) }

// newServerForm answers GET /console/bbb/servers/new.
func (s *Server) newServerForm(c *gin.Context, v admin.Visitor) error {
	return s.renderServer(c, v, http.StatusOK, &serverPage{})
}

// renderServer draws the page of p.View, or of none. Secrets stay behind.
func (s *Server) renderServer(c *gin.Context, v admin.Visitor, status int, p *serverPage) error {
	if p.View.ID == "" {
		p.consolePage = s.consolePage(c, v, pathBBB, "console.bbb.server.new")
	} else {
		p.consolePage = s.consolePage(c, v, pathBBB, "console.bbb.server", "Name", p.View.Name)
	}
	p.Back, p.Hashes, p.Wish.Secret = pathBBB, classroom.Hashes(), ""
	if p.Days == 0 {
		p.Days = oldSecretDays
	}
	// A list of their own: whoever calls the server holds the one that came.
	p.View.Secrets = slices.Repeat([]string{"set"}, len(p.View.Secrets))
	return s.renderConsoleAs(c, status, "console_bbb_server", p)
}

// serverView is the server that the address names.
func (s *Server) serverView(c *gin.Context, v admin.Visitor) (classroom.ServerView, error) {
	views, err := s.Classroom.ServerViews(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return classroom.ServerView{}, err
	}
	i := slices.IndexFunc(views, func(one classroom.ServerView) bool { return one.ID == c.Param("server") })
	if i < 0 {
		return classroom.ServerView{}, refuse(classroom.NotFound, "error.page_unknown", "no such server")
	}
	return views[i], nil
}

// showServer answers GET /console/bbb/servers/:server.
func (s *Server) showServer(c *gin.Context, v admin.Visitor) error {
	view, err := s.serverView(c, v)
	if err != nil {
		return err
	}
	return s.renderServer(c, v, http.StatusOK, &serverPage{View: view, Wish: wishOf(view.Server)})
}

func wishOf(s classroom.Server) classroom.ServerWish {
	return classroom.ServerWish{Name: s.Name, URL: s.URL, Hash: s.Hash}
}

func serverWish(form url.Values) classroom.ServerWish {
	return classroom.ServerWish{
		Name: form.Get("name"), URL: form.Get("url"), Secret: form.Get("secret"), Hash: form.Get("hash"), Untried: form.Get("untried") != "",
	}
}

// addServer answers POST /console/bbb/servers.
func (s *Server) addServer(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	wish := serverWish(form)
	added, err := s.Classroom.AddServer(c.Request.Context(), v.Tenant.ID, wish)
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderServer(c, v, wrongForm, &serverPage{Wish: wish, Wrong: wrong})
	}
	act := admin.Act{Name: "server.add", Subject: added.Name, SubjectID: added.ID, Detail: admin.Changes(nil, serverFacts(added))}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return done(c, pathServers+"/"+added.ID, "console.said.bbb_added")
}

// changeServer answers POST /console/bbb/servers/:server.
func (s *Server) changeServer(c *gin.Context, v admin.Visitor) error {
	view, err := s.serverView(c, v)
	if err != nil {
		return err
	}
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	wish := serverWish(form)
	was, became, err := s.Classroom.ChangeServer(c.Request.Context(), v.Tenant.ID, view.ID, wish)
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderServer(c, v, wrongForm, &serverPage{View: view, Wish: wish, Wrong: wrong})
	}
	act := admin.Act{Name: "server.change", Subject: view.Name, SubjectID: view.ID, Detail: admin.Changes(serverFacts(was), serverFacts(became))}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return done(c, pathServers+"/"+view.ID, "console.said.saved")
}

// testServer answers POST /console/bbb/servers/:server/test. The page says what
// was found.
func (s *Server) testServer(c *gin.Context, v admin.Visitor) error {
	server, err := s.Classroom.TestServer(c.Request.Context(), v.Tenant.ID, c.Param("server"))
	said := "console.said.bbb_works"
	if failed := (*bbb.TestError)(nil); errors.As(err, &failed) {
		said, err = "console.said.bbb_fails", nil
	}
	if err != nil {
		return err
	}
	act := admin.Act{Name: "server.test", Subject: server.Name, SubjectID: server.ID, Detail: []string{strings.TrimPrefix(said, "console.said.")}}
	if err := s.Console.Record(c.Request.Context(), v, act, nil); err != nil {
		return err
	}
	return done(c, pathServers+"/"+server.ID, said)
}

// rotateServer answers POST /console/bbb/servers/:server/rotate.
func (s *Server) rotateServer(c *gin.Context, v admin.Visitor) error {
	view, err := s.serverView(c, v)
	if err != nil {
		return err
	}
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	days := numberOf(form, "days")
	rotated, err := s.Classroom.RotateSecret(c.Request.Context(), v.Tenant.ID, view.ID, form.Get("secret"), days)
	if wrong := s.mistakes(c, err); wrong != nil {
		p := &serverPage{View: view, Wish: wishOf(view.Server), Days: max(days, 0), Wrong: map[string]string{}}
		for field, text := range wrong {
			p.Wrong["rotate_"+field] = text
		}
		return s.renderServer(c, v, wrongForm, p)
	}
	act := admin.Act{Name: "server.rotate", Subject: view.Name, SubjectID: view.ID, Detail: admin.Changes(serverFacts(view.Server), serverFacts(rotated))}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return done(c, pathServers+"/"+view.ID, "console.said.bbb_rotated")
}

// actOnServer answers a POST below a server that needs nothing but the click.
func (s *Server) actOnServer(name, said string, do func(ctx context.Context, tenantID, id string) (classroom.Server, error)) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		server, err := do(c.Request.Context(), v.Tenant.ID, c.Param("server"))
		if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: name, Subject: server.Name, SubjectID: server.ID}, err); err != nil {
			return err
		}
		return done(c, pathServers+"/"+server.ID, said)
	}
}

func (s *Server) switchServer(disabled bool) func(context.Context, string, string) (classroom.Server, error) {
	return func(ctx context.Context, tenantID, id string) (classroom.Server, error) {
		return s.Classroom.SwitchServer(ctx, tenantID, id, disabled)
	}
}

// removeServer answers POST /console/bbb/servers/:server/remove.
func (s *Server) removeServer(c *gin.Context, v admin.Visitor) error {
	server, err := s.Classroom.RemoveServer(c.Request.Context(), v.Tenant.ID, c.Param("server"))
	act := admin.Act{Name: "server.remove", Subject: server.Name, SubjectID: server.ID, Detail: admin.Changes(serverFacts(server), nil)}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return retryAt(err, pathBBB)
	}
	return done(c, pathBBB, "console.said.removed")
}
