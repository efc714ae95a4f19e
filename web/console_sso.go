package web

import (
	"net/http"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// askProvider answers POST /console/sign-in/sso: on to the school's own sign-in.
func (s *Server) askProvider(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	return s.leaveForProvider(c, schoolID(form.Get("school")), admin.SSOSignIn, nextPage(form.Get("next")), admin.Visitor{})
}

func (s *Server) leaveForProvider(c *gin.Context, tenantID, what, next string, v admin.Visitor) error {
	// It makes us ask the provider: an address may not do that without end.
	release, ok := s.refusals.hold(s.address(c))
	if !ok {
		return &statusError{http.StatusTooManyRequests, "error.too_many"}
	}
	defer release()
	q, err := s.Console.AskSSO(c.Request.Context(), tenantID, what, next, v)
	if err != nil {
		return retryAt(err, pathSignIn)
	}
	setLax(c, cookieSSO+q.Cookie, q.Binding, admin.SSOLife)
	return leave(c, q.URL)
}

// providerAnswered answers GET /console/sign-in/sso: the provider sends somebody back.
func (s *Server) providerAnswered(c *gin.Context) error {
	release, ok := s.refusals.hold(s.address(c))
	if !ok {
		return &statusError{http.StatusTooManyRequests, "error.too_many"}
	}
	defer release()
	v, err := s.consoleVisit(c)
	if err != nil && !classroom.Is(err, classroom.Expired) {
		return err
	}
	answer := admin.SSOAnswer{
		State: c.Query("state"), Code: c.Query("code"), Error: c.Query("error"), Issuer: c.Query("iss"),
		Binding: func(name string) string {
			cookie, err := c.Request.Cookie(cookieSSO + name)
			if err != nil {
				return ""
			}
			return cookie.Value
		},
	}
	result, err := s.Console.AnswerSSO(c.Request.Context(), answer, v, s.from(c))
	s.noteSignIn(c, admin.MethodSSO, err)
	if result.Cookie != "" {
		forget(c, cookieSSO+result.Cookie)
	}
	switch {
	case err != nil:
		return retryAt(err, pathSignIn)
	case result.For == admin.SSOLink:
		return done(c, pathAccount, "console.said.linked")
	}
	return letIn(c, result.Entry, nextPage(result.Next))
}
