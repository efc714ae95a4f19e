package web

import (
	"github.com/gin-gonic/gin"
)

// messagePage says one thing: what happened, and what to do.
type messagePage struct {
	basePage
	Heading   string
	What      string // to do now
	Said      string // by the LMS
	Wait      int    // seconds until the page tries again by itself
	RetryAt   string
	ChatUser  string
	SwitchAt  string // where another account of the chat may be tried
	Reference string
}

func (s *Server) messagePage(c *gin.Context, f failure) messagePage {
	p := messagePage{basePage: s.base(c), RetryAt: f.retryAt, Said: f.said, Reference: f.reference}
	p.Heading = p.Text(f.message)
	if s.Texts.Has(f.message + ".do") {
		p.What = p.Text(f.message + ".do")
	}
	p.Title = p.Heading
	if f.room != "" {
		p.ChatUser, p.SwitchAt = f.chatUser, goPath(f.room)+"/switch"
	}
	if f.wait > 0 && f.retryAt != "" {
		p.Wait = int(f.wait.Seconds()) + 1
	}
	return p
}

func (s *Server) failPage(c *gin.Context, a authority, f failure) {
	h := headers{form: formSelf}
	if a.framed {
		h.ancestors = s.refusalAncestors(c, f.platform)
	}
	if err := s.render(c, f.status, "message", s.messagePage(c, f), h); err != nil {
		s.Log.ErrorContext(c.Request.Context(), "the error page failed", "reference", f.reference, "err", err)
		c.String(f.status, "%s\n", f.reference)
	}
}

// failFragment is the refusal that a page's script shows in place of its panel.
func (s *Server) failFragment(c *gin.Context, f failure) {
	if err := s.renderPart(c, f.status, "message", "message", s.messagePage(c, f)); err != nil {
		c.String(f.status, "%s\n", f.reference)
	}
}
