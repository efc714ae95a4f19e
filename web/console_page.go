package web

import (
	"net/http"
	"strings"

	"classbridge/admin"

	"github.com/gin-gonic/gin"
)

// consolePage is what all pages of the console have; each embeds it.
type consolePage struct {
	basePage
	Visitor admin.Visitor
	Heading string
	Areas   []area
	At      string    // path of the area that shows the page
	Said    string    // what was just done
	Back    string    // the page above this one; empty: none
	Left    *setupBar // what is left of the set-up; nil: nothing, or the page itself says it

	Inside      bool // the school's addresses may lead into the operator's network
	Maintenance *maintenanceBanner
}

// consolePage makes a page of an area for whoever visits it; heading is the id of
// a text.
func (s *Server) consolePage(c *gin.Context, v admin.Visitor, at, heading string, args ...any) consolePage {
	p := consolePage{basePage: s.base(c), Visitor: v, At: at, Inside: s.Console.Reach.Inside(v.Tenant.ID)}
	p.Heading = p.Text(heading, args...)
	p.Title = p.Text("console.title", "Page", p.Heading)
	p.Scripts, p.Styles = []string{"console.js", "times.js"}, []string{"console.css"}
	p.Zone, p.Maintenance = v.Tenant.TimeZone, s.maintenance(c.Request.Context(), v.Tenant.ID)
	if at != pathSetup {
		p.Left = s.setupLeft(c, v)
	}
	for _, a := range s.areas() {
		if a.Name != "" && v.May(a.Right) {
			p.Areas = append(p.Areas, a)
		}
	}
	// Only our own texts: an address must not be able to make a page say anything.
	if id := c.Query("said"); strings.HasPrefix(id, "console.said.") && s.Texts.Has(id) {
		p.Said = p.Text(id)
	}
	return p
}

// May is for templates: pages leave out what the visitor may not do anyway.
func (p consolePage) May(r string) bool { return p.Visitor.May(admin.Right(r)) }

// renderConsole answers a page of the console; nobody may frame it.
func (s *Server) renderConsole(c *gin.Context, page string, data localized) error {
	return s.renderConsoleAs(c, http.StatusOK, page, data)
}

// renderConsoleAs is renderConsole for a form that comes back with its mistakes.
func (s *Server) renderConsoleAs(c *gin.Context, status int, page string, data localized) error {
	return s.render(c, status, page, data, headers{form: formSelf})
}
