package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// carried is a session that no cookie holds: the page carries it, in its forms, and
// its script sends it as a bearer token. It is never in an address. As it cannot
// come with a GET, links of the page are sent by POST (showCarried), and what
// would redirect to a page shows it.
type carried struct {
	server *Server
	token  string
	whose  string
	room   string
}

type carriedKey struct{}

// carriedBy is the session that the request was found to carry, or nil.
func carriedBy(c *gin.Context) *carried {
	k, _ := c.Request.Context().Value(carriedKey{}).(*carried)
	return k
}

// fieldSession is the field of our forms that carries a session.
const fieldSession = "session"

// carriedToken is what the request offers as its session.
func carriedToken(c *gin.Context) string {
	if k := carriedBy(c); k != nil {
		return k.token
	}
	if token := c.Request.PostForm.Get(fieldSession); token != "" {
		return token
	}
	scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// carry notes that the request carries this person's session.
func (s *Server) carry(c *gin.Context, token, personID string) {
	k := &carried{s, token, s.whose(personID), c.Param("room")}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), carriedKey{}, k))
}

// openPage shows a page that carries the session of that launch.
func (s *Server) openPage(c *gin.Context, launchID, address string) error {
	token, err := s.sign(doorPage, launchID)
	if err != nil {
		return err
	}
	return (&carried{server: s, token: token}).show(c, address)
}

// show answers with the page at that address instead of a redirect to it.
func (k *carried) show(c *gin.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	r := c.Request.Clone(context.WithValue(c.Request.Context(), carriedKey{}, k))
	r.Method, r.URL, r.RequestURI = http.MethodGet, u, address
	r.Body, r.ContentLength, r.Form, r.PostForm = http.NoBody, 0, nil, nil
	k.server.handler.ServeHTTP(c.Writer, r)
	return nil
}

// shows reports whether a redirect to that address is answered by its page.
func (k *carried) shows(c *gin.Context, address string) bool {
	if k == nil || c.Request.Method != http.MethodPost {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && k.server.isFramedPage(u)
}

// showCarried answers POST /rooms/:room/page: what a link does in a page with a
// cookie. The field to is the address.
func (s *Server) showCarried(c *gin.Context) error {
	if _, err := s.visitByForm(c, doorFrame, doorTab); err != nil {
		return err
	}
	to, err := url.Parse(c.Request.PostForm.Get("to"))
	if err != nil || !s.isFramedPage(to) {
		return refuse(classroom.NotFound, "error.page_unknown", "to leads to no page of a room")
	}
	return seeOther(c, to.RequestURI())
}

// isFramedPage reports whether it is the address of a page that a launched person
// sees in the LMS's frame.
func (s *Server) isFramedPage(u *url.URL) bool {
	if u.Scheme != "" || u.Host != "" {
		return false
	}
	path := strings.Split(u.Path, "/")
	return slices.ContainsFunc(s.table(), func(a authority) bool {
		return a.framed && slices.ContainsFunc(a.routes, func(r route) bool {
			return r.method == get && strings.HasPrefix(r.path, "/rooms/:room") && fits(path, strings.Split(r.path, "/"))
		})
	})
}

// fits reports whether a path is of that pattern.
func fits(path, pattern []string) bool {
	return slices.EqualFunc(path, pattern, func(part, of string) bool {
		return part == of || part != "" && strings.HasPrefix(of, ":")
	})
}
