package web

import (
	"strings"

	"github.com/gin-gonic/gin"
)

// headers is what differs between pages in what browsers may do with them.
type headers struct {
	ancestors []string // origins, or schemes, that may frame the page; none: nobody
	form      formAction
	target    string // origin of another site, to which alone the page's form leads
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
		"connect-src 'self'; base-uri 'none'; form-action "
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
	if h.target != "" {
		b.WriteString(h.target)
	} else {
		b.WriteString("'self'")
	}
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

// ancestors lists the origins that may frame the pages of that platform.
func (s *Server) ancestors(c *gin.Context, platformID string) ([]string, error) {
	origins, err := s.Classroom.FrameOrigins(c.Request.Context(), platformID)
	return cleanOrigins(origins), err
}

// refusalAncestors is who may frame a refusal: the platform, where the state or
// the session names one. Otherwise, and when the store is down, it is whoever
// opened us: such a page tells nothing of anybody, and a list of all platforms
// would tell strangers who our customers are.
func (s *Server) refusalAncestors(c *gin.Context, platformID string) []string {
	if platformID == "" {
		platformID = s.platformOfSession(c)
	}
	if platformID != "" {
		if origins, err := s.ancestors(c, platformID); err == nil && len(origins) > 0 {
			return origins
		}
	}
	if !s.secure() {
		return []string{"https:", "http:"} // a trial on loopback
	}
	return []string{"https:"}
}

// platformOfSession is whose launch opened the session of a room's page; empty
// if that is not known.
func (s *Server) platformOfSession(c *gin.Context) string {
	if c.Param("room") == "" {
		return "" // a launch that is refused may come from elsewhere than the last one
	}
	for _, d := range []door{doorFrame, doorTab, doorPage} {
		id, ok := s.launchOf(c, d)
		if !ok {
			continue
		}
		if l, found, err := s.Classroom.Store.FindLaunch(c.Request.Context(), id); err == nil && found {
			return l.PlatformID
		}
	}
	return ""
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
