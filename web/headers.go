package web

import (
	"strings"

	"github.com/gin-gonic/gin"
)

// headers is what differs between pages in what browsers may do with them.
type headers struct {
	ancestors []string // origins that may frame the page; none: nobody
	form      formAction
}

// formAction is where the page's forms may lead. Chromium applies form-action to
// the redirects after a POST as well, so a form that ends at BigBlueButton, at a
// node of its pool, or at the chat needs more than 'self'. Their hosts are not
// known here (a pool redirects to nodes of any name), their scheme is.
type formAction int

const (
	formSelf    formAction = iota
	formOutside            // the answer may be a redirect to BigBlueButton or the chat
)

const (
	contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'self'"
	permissionsPolicy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
)

// write sets the headers of a page. Referrer-Policy is same-origin, which tells
// other sites as little as no-referrer does, and leaves our own forms the Origin
// header by which browsers without Sec-Fetch-Site are protected from CSRF.
func (h headers) write(c *gin.Context, s *Server) {
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", h.policy(s))
	c.Header("Permissions-Policy", permissionsPolicy)
	c.Header("Referrer-Policy", "same-origin")
	c.Header("X-Content-Type-Options", "nosniff")
	if len(h.ancestors) == 0 {
		// Not on pages that an LMS opens: it may hold on to the window that it opened.
		c.Header("Cross-Origin-Opener-Policy", "same-origin")
	}
}

func (h headers) policy(s *Server) string {
	var b strings.Builder
	b.WriteString(contentPolicy)
	if h.form == formOutside {
		b.WriteString(" https:")
		if !s.secure() { // our own address is loopback, and so are the other parts of a trial
			b.WriteString(" http:")
		}
	}
	b.WriteString("; frame-ancestors")
	if len(h.ancestors) == 0 {
		b.WriteString(" 'none'")
	}
	for _, origin := range h.ancestors {
		b.WriteString(" ")
		b.WriteString(origin)
	}
	return b.String()
}

// ancestors lists the origins that may frame a page of that platform; without
// one, of all platforms. When the store is down, a refusal should be readable in
// the frame all the same: then it is the list of the last time.
func (s *Server) ancestors(c *gin.Context, platformID string) []string {
	origins, err := s.Classroom.FrameOrigins(c.Request.Context(), platformID)
	if err != nil {
		if last := s.lastOrigins.Load(); last != nil {
			return *last
		}
		return nil
	}
	origins = cleanOrigins(origins)
	s.lastOrigins.Store(&origins)
	return origins
}

// cleanOrigins leaves out what would end the directive or the policy.
func cleanOrigins(origins []string) []string {
	clean := make([]string, 0, len(origins))
	for _, o := range origins {
		if o != "" && !strings.ContainsAny(o, " ;,'\"\t\r\n") {
			clean = append(clean, o)
		}
	}
	return clean
}
