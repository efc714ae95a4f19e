package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// Where what was sent lies: a launch whose signature was good, and the form of a
// login, which anybody can send.
const (
	keyLaunch = "launch"
	keyLogin  = "login form"
)

// How many refusals of all addresses together are written down: those of a wrong
// setting, not those of a flood.
const (
	keptBurst = 300
	keptRate  = rate.Limit(5) // a second
)

func newKept() *rate.Limiter { return rate.NewLimiter(keptRate, keptBurst) }

// keepRefusal writes down why a launch was refused, for the console. It never
// changes the answer.
func (s *Server) keepRefusal(c *gin.Context, f failure) {
	switch c.FullPath() {
	case "/lti/login", "/lti/launch", "/lti/deep-linking":
	default:
		return
	}
	if f.status == http.StatusMethodNotAllowed || !s.kept.AllowN(s.Now(), 1) {
		return
	}
	r := classroom.Refusal{PlatformID: f.platform, Reference: f.reference, Reason: f.reason, Address: s.address(c).String(), Detail: f.err.Error()}
	var refused *lti.Error
	if errors.As(f.err, &refused) && refused.Err != nil {
		r.Detail = refused.Err.Error()
	}
	if l, ok := c.Get(keyLaunch); ok {
		ofLaunch(&r, l.(*lti.Launch))
	} else if l, ok := c.Get(keyLogin); ok {
		form := l.(url.Values)
		r.Issuer, r.ClientID, r.DeploymentID = form.Get("iss"), form.Get("client_id"), form.Get("lti_deployment_id")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), 5*time.Second)
	defer cancel()
	if err := s.Classroom.KeepRefusal(ctx, r); err != nil {
		s.Log.WarnContext(ctx, "a refusal was not kept", "reference", r.Reference, "err", err)
	}
}

// ofLaunch adds what a good signature has proved.
func ofLaunch(r *classroom.Refusal, l *lti.Launch) {
	r.PlatformID, r.DeploymentID, r.Subject = l.Platform.ID, l.DeploymentID, l.Subject
	if l.Context != nil {
		r.ContextID = l.Context.ID
	}
	r.LinkID = l.ResourceLink.ID
}
