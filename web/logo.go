package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// pathLogo stays what it is: LMSs keep it with the registration, for years.
const pathLogo = "/logo.svg"

// logoURL is the address of our icon, for LMSs to show.
func (s *Server) logoURL() string { return s.URL + pathLogo }

// showLogo answers GET and HEAD /logo.svg. Unlike what our own pages are made of,
// pages of LMSs show it.
func (s *Server) showLogo(c *gin.Context) error {
	f := s.assets.file("icon.svg")
	c.Header("Cache-Control", "public, max-age=86400")
	c.Header("Content-Security-Policy", "default-src 'none'") // it is a document, if somebody opens it
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, f.kind, f.content)
	return nil
}

// showLaunch answers GET and HEAD /lti/launch, which launches nothing: Moodle asks
// it, as nobody and without parameters, whenever an admin saves the tool's form,
// and so does who opens the address that they were given.
func (s *Server) showLaunch(c *gin.Context) error {
	p := indexPage{s.base(c)}
	p.Title = p.Text("page.name")
	return s.render(c, http.StatusOK, "index", p, headers{ancestors: s.refusalAncestors(c, "")})
}
