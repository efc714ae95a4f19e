package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// loginPage finds out in the browser whether a cookie stays where the LMS shows
// us, before the LMS's request is spent: Moodle answers it once.
type loginPage struct {
	basePage
	Next    string       // the LMS's authorization endpoint, with our request
	Probe   string       // the cookie that the script looks for
	Storage *lti.Storage // where the script may leave the proof instead; nil: nowhere
	Fields  []field      // of the login, for a window of its own
}

// field is one of a form that goes on as it came.
type field struct{ Name, Value string }

// storagePage asks the LMS's page for the proof that no cookie gave, and posts the
// launch again with it.
type storagePage struct {
	basePage
	Storage *lti.Storage
	Fields  []field
	Answer  string // the field that takes the proof
}

// fieldStored is where our own page puts what the LMS's page has kept.
const fieldStored = "stored_value"

// keepsCookies reports whether a cookie that is set now comes back with the launch:
// outside of frames it does, and where one of ours has stayed before. A browser
// that does not say what it loads is believed to.
func keepsCookies(c *gin.Context) bool {
	switch c.GetHeader("Sec-Fetch-Dest") {
	case "iframe", "frame", "embed", "object":
		_, err := c.Request.Cookie(lti.ProbeCookie)
		return err == nil
	}
	return true
}

// showLogin answers a login in a frame of which it is not known whether it keeps
// cookies. The cookies are set with it.
func (s *Server) showLogin(c *gin.Context, l *lti.Login, form url.Values) error {
	p := loginPage{basePage: s.base(c), Next: l.URL, Probe: lti.ProbeCookie, Storage: l.Storage, Fields: fieldsOf(form)}
	p.Title, p.Scripts = p.Text("door.opening"), []string{"postmessage.js", "login.js"}
	origins, err := s.ancestors(c, l.Platform.ID)
	if err != nil {
		return err
	}
	// The form's answer is a redirect to the LMS, which may pass it on to another
	// host of its own (Canvas does).
	return s.render(c, http.StatusOK, "login", p, headers{ancestors: origins, form: formOutside})
}

// storageAsked is the refusal of a launch whose proof may be in the LMS's page;
// nil for any other, and for one that has been there.
func storageAsked(c *gin.Context, err error) *lti.Error {
	var e *lti.Error
	if errors.As(err, &e) && e.Storage != nil && !fromStorage(c) {
		return e
	}
	return nil
}

// fromStorage reports whether the launch comes from our own page with the proof.
func fromStorage(c *gin.Context) bool { return c.Request.PostForm.Has(fieldStored) }

// askStorage answers a launch that came without its cookie: neither accepted nor
// refused yet.
func (s *Server) askStorage(c *gin.Context, e *lti.Error) error {
	form := c.Request.PostForm
	p := storagePage{
		basePage: s.base(c), Storage: e.Storage, Answer: fieldStored,
		Fields: fieldsOf(url.Values{"id_token": form["id_token"], "state": form["state"]}),
	}
	p.Title, p.Scripts = p.Text("door.opening"), []string{"postmessage.js", "storage.js"}
	origins, err := s.ancestors(c, e.PlatformID)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "storage", p, headers{ancestors: origins})
}

// verifyStored is for the form of storagePage alone. Whoever begins a login of
// their own learns its proof, and could send a stranger's browser here with both;
// only our own page is known to have asked the page around it.
func (s *Server) verifyStored(c *gin.Context, form url.Values) (*lti.Launch, error) {
	site := c.GetHeader("Sec-Fetch-Site")
	if originOf(c.GetHeader("Origin")) != originOf(s.URL) || site != "" && site != "same-origin" {
		return nil, refuse(classroom.Forbidden, "error.cross_origin", "a stored proof from another site's page")
	}
	return s.Tool.VerifyStored(c.Request.Context(), form, form.Get(fieldStored))
}

// fieldsOf lists the fields in a fixed order.
func fieldsOf(form url.Values) []field {
	var fields []field
	for name, values := range form {
		for _, v := range values {
			fields = append(fields, field{name, v})
		}
	}
	slices.SortStableFunc(fields, func(a, b field) int { return cmp.Compare(a.Name, b.Name) })
	return fields
}
