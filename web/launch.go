package web

import (
	"errors"
	"net/http"
	"net/url"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// login answers GET and POST /lti/login: OpenID Connect third-party initiated
// login (Security Framework §5.1.1). It writes nothing.
func (s *Server) login(c *gin.Context) error {
	form, err := loginForm(c)
	if err == nil {
		c.Set(keyLogin, form)
		err = s.sendToPlatform(c, form)
	}
	if err != nil {
		s.observeLaunch(err)
	}
	return err
}

// loginForm takes either method: Moodle and Canvas post, Blackboard and Sakai ask.
func loginForm(c *gin.Context) (url.Values, error) {
	if c.Request.Method == http.MethodPost {
		return postedForm(c, maxLaunch)
	}
	form, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, &classroom.Error{Code: classroom.Invalid, Message: "error.form", Err: errors.New("the query cannot be read")}
	}
	return form, nil
}

func (s *Server) sendToPlatform(c *gin.Context, form url.Values) error {
	l, err := s.Tool.Login(c.Request.Context(), form, c.Request.Cookies())
	if err != nil {
		return err
	}
	s.logins.saw(l.Platform.ID, s.Now())
	setCookies(c, l.Cookies)
	if !keepsCookies(c) {
		return s.showLogin(c, l, form)
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Location", l.URL)
	// 302, not 303: a plain redirect keeps the LMS's own cookies in the frame.
	c.Status(http.StatusFound)
	c.Writer.WriteHeaderNow()
	return nil
}

// launch answers POST /lti/launch: the id_token (Security Framework §5.1.2).
func (s *Server) launch(c *gin.Context) error {
	l, err := s.verify(c)
	if e := storageAsked(c, err); e != nil {
		return s.askStorage(c, e)
	}
	if err == nil && l.MessageType == lti.DeepLinkingRequest {
		return s.place(c, l)
	}
	var v classroom.Visit
	if err == nil {
		v, err = s.accept(c, l)
	}
	s.observeLaunch(err)
	if err != nil {
		return err
	}
	return s.open(c, v)
}

func (s *Server) verify(c *gin.Context) (*lti.Launch, error) {
	form, err := postedForm(c, maxLaunch)
	if err != nil {
		return nil, err
	}
	if fromStorage(c) {
		return s.verifyStored(c, form)
	}
	return s.Tool.Verify(c.Request.Context(), form, c.Request.Cookies())
}

// greet notes who comes by a launch: the LMS signed for the person.
func greet(c *gin.Context, l *lti.Launch) {
	setCookies(c, l.Cookies)
	c.Set(keyLocale, l.Locale)
	c.Set(keyKnown, true)
	c.Set(keyLaunch, l)
}

func (s *Server) accept(c *gin.Context, l *lti.Launch) (classroom.Visit, error) {
	greet(c, l)
	v, err := s.Classroom.Enter(c.Request.Context(), l, s.address(c).String())
	if err != nil {
		return classroom.Visit{}, &platformError{err, l.Platform.ID}
	}
	return v, nil
}

// open shows the room, by a cookie; by a session in the page where no cookie stayed.
func (s *Server) open(c *gin.Context, v classroom.Visit) error {
	page := "/rooms/" + v.RoomID
	if fromStorage(c) {
		return s.openPage(c, v.LaunchID, page)
	}
	if err := s.openDoor(c, doorFrame, v.LaunchID); err != nil {
		return err
	}
	closeOldTab(c)
	return seeOther(c, page)
}

// platformError is a refusal after the platform was known: its pages may frame it.
type platformError struct {
	error
	platformID string
}

func (e *platformError) Unwrap() error { return e.error }

func (s *Server) observeLaunch(err error) {
	switch {
	case s.Observe.Launch == nil:
	case err == nil:
		s.Observe.Launch("accepted", "")
	default:
		s.Observe.Launch("refused", s.failureOf(err).reason)
	}
}

func setCookies(c *gin.Context, cookies []*http.Cookie) {
	for _, cookie := range cookies {
		http.SetCookie(c.Writer, cookie)
	}
}

// showKeys answers GET /lti/jwks. Platforms keep it for a while; a new key is
// shown long before it signs.
func (s *Server) showKeys(c *gin.Context) error {
	keys, err := s.Keys(c.Request.Context())
	if err != nil {
		return err
	}
	s.readers.saw(keyReader{c.Request.UserAgent(), s.address(c).String(), s.Now()})
	c.Header("Cache-Control", "public, max-age=600")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, "application/json", keys)
	return nil
}
