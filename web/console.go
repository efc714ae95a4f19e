package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// doorConsole holds the console's session. It is no door of a room's page.
const doorConsole = "__Host-classbridge-console"

const (
	pathConsole = "/console"
	pathSignIn  = "/console/sign-in"
)

// area is one part of the console: what its link is called, where it leads, and
// the addresses below it. An area without Name has no link.
type area struct {
	Name   string // id of a text
	Path   string
	Right  admin.Right // that shows the link
	routes []consoleRoute
}

// consoleRoute is an address that asks for a right; whoever lacks it never
// reaches handle.
type consoleRoute struct {
	method, path string
	right        admin.Right
	handle       func(*gin.Context, admin.Visitor) error
}

// guarded are the routes of all areas as the table has them.
func (s *Server) guarded() []route {
	var routes []route
	for _, a := range s.areas() {
		for _, r := range a.routes {
			routes = append(routes, route{r.method, r.path, s.guard(r)})
		}
	}
	return routes
}

// guard finds out who asks, and what they may do now, before anything else.
func (s *Server) guard(r consoleRoute) func(*gin.Context) error {
	return func(c *gin.Context) error {
		arrive(c.Request)
		v, err := s.consoleVisit(c)
		if classroom.Is(err, classroom.Expired) && c.Request.Method == http.MethodGet {
			return seeOther(c, pathSignIn+"?"+url.Values{"next": {c.Request.URL.RequestURI()}}.Encode())
		}
		if err != nil {
			return err
		}
		if !v.May(r.right) {
			refused := refuse(classroom.Forbidden, "console.error.right", "the account has no right to "+string(r.right))
			return s.Console.Record(c.Request.Context(), v, admin.Act{Name: "visit", Subject: c.FullPath()}, refused)
		}
		return r.handle(c, v)
	}
}

// arrive waits for the form, as far as any is taken. Who sends one slowly must not
// do with it what they were allowed to when it began; what is wrong with it the
// handler finds as it reads on.
func arrive(r *http.Request) {
	if r.Method != http.MethodPost {
		return
	}
	came, _ := io.ReadAll(io.LimitReader(r.Body, maxPlacement))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(came), r.Body), r.Body}
}

func (s *Server) consoleVisit(c *gin.Context) (admin.Visitor, error) {
	token := ""
	if cookie, err := c.Request.Cookie(doorConsole); err == nil {
		token = cookie.Value
	}
	v, err := s.Console.Visit(c.Request.Context(), token, s.address(c).String())
	if err == nil {
		c.Set(keyLocale, v.Account.Locale)
		c.Set(keyKnown, true)
		c.Set(keyTenant, v.Tenant.ID)
	}
	return v, err
}

// openConsole gives the browser its session; one that was there is replaced.
func openConsole(c *gin.Context, token string) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: doorConsole, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func closeConsole(c *gin.Context) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: doorConsole, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// nextPage is where somebody wanted to go before signing in: a page of the
// console, and nothing else that an address could be made to say.
func nextPage(wish string) string {
	u, err := url.Parse(wish)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.ContainsAny(wish, "\\\r\n") {
		return pathConsole
	}
	if u.Path != pathConsole && !strings.HasPrefix(u.Path, pathConsole+"/") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "..") || strings.HasPrefix(u.Path, pathSignIn) {
		return pathConsole
	}
	return u.RequestURI()
}

// done leads back to a page of the console, which says what was done by the text
// of that id.
func done(c *gin.Context, path, text string) error {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return seeOther(c, path+mark+url.Values{"said": {text}}.Encode())
}
