package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	purposeRegister classroom.Purpose = "register"
	registerLife                      = time.Hour // as long as Moodle's tokens
)

// registerProof binds what an admin confirms to the page that they were shown,
// by digests: it tells nobody the LMS's token.
type registerProof struct {
	Invitation string `json:"i"`
	ConfigURL  string `json:"c"`
	Token      string `json:"t"`
	Opener     string `json:"o"`
	Agreed     string `json:"a"`
}

func newRegisterProof(i classroom.Invitation, r classroom.RegistrationRequest) registerProof {
	return registerProof{i.ID, digest(r.ConfigURL), digest(r.Token), r.Opener, r.Agreed}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// showRegister answers GET /lti/register/:invitation (Dynamic Registration §3.2).
// An LMS opens it for its admin and says where its configuration is; a person who
// opens it reads how to use it. It changes nothing, here or at the LMS.
func (s *Server) showRegister(c *gin.Context) error {
	i, err := s.Classroom.Invitation(c.Request.Context(), c.Param("invitation"))
	if err != nil {
		return err
	}
	r := classroom.RegistrationRequest{
		ConfigURL: c.Query("openid_configuration"), Token: c.Query("registration_token"), Opener: s.opener(c),
	}
	switch {
	case !i.UsedAt.IsZero():
		return s.showRegistered(c, i, r.ConfigURL)
	case r.ConfigURL == "":
		return s.showInvited(c, i)
	}
	return s.showOffer(c, r, false)
}

// opener is the origin of the page that framed or opened this one, as far as the
// browser tells; empty for our own.
func (s *Server) opener(c *gin.Context) string {
	o := originOf(c.GetHeader("Referer"))
	if o == originOf(s.URL) {
		return ""
	}
	return o
}

// originOf is the scheme and host of a web address; empty for what is none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// showOffer asks the admin to agree, once more if it has changed since they did.
func (s *Server) showOffer(c *gin.Context, r classroom.RegistrationRequest, changed bool) error {
	// It makes us ask the LMS: an address may not do that without end.
	release, ok := s.refusals.hold(s.address(c))
	if !ok {
		return &statusError{http.StatusTooManyRequests, "error.too_many"}
	}
	defer release()
	o, err := s.Classroom.Offer(c.Request.Context(), c.Param("invitation"), r, s.logoURL())
	if err != nil {
		return err
	}
	if r.Agreed, err = o.Digest(); err != nil {
		return err
	}
	proof, err := s.Classroom.Signer.Sign(purposeRegister, newRegisterProof(o.Invitation, r), registerLife)
	if err != nil {
		return err
	}
	p := offerPage{
		basePage: s.base(c), Offer: o, Request: r, Proof: proof, Changed: changed,
		Action: registerPath(c.Param("invitation")), Addresses: s.addresses(c),
	}
	p.Title = p.Text("register.offer", "LMS", p.LMSName())
	ancestors := append(classroom.FrameOriginsBeside(o.LMS, r.Opener), originOf(r.ConfigURL), originOf(o.LMS.AuthURL))
	status := http.StatusOK
	if changed {
		status = http.StatusConflict
	}
	return s.render(c, status, "register", p, headers{ancestors: cleanOrigins(ancestors)})
}

// register answers POST /lti/register/:invitation: the admin has agreed.
func (s *Server) register(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	code := c.Param("invitation")
	r, err := s.openRegisterProof(c, form)
	if err != nil {
		return err
	}
	p, err := s.Classroom.Register(c.Request.Context(), code, r, s.logoURL())
	if errors.Is(err, classroom.ErrOfferChanged) {
		return s.showOffer(c, r, true)
	}
	if classroom.Is(err, classroom.Conflict) { // somebody pressed twice: the page says what has become of it
		return retryAt(err, registerPath(code))
	}
	if err != nil {
		return err
	}
	path := registerPath(code)
	if s.Classroom.FetchKeys(c.Request.Context(), p) != nil {
		path += "?keys=missing"
	}
	return seeOther(c, path)
}

func registerPath(code string) string { return "/lti/register/" + url.PathEscape(code) }

// openRegisterProof answers the request that the page was made for. Its form is
// the only way to register: a page of somebody else's cannot send it for an admin.
func (s *Server) openRegisterProof(c *gin.Context, form url.Values) (classroom.RegistrationRequest, error) {
	r := classroom.RegistrationRequest{ConfigURL: form.Get("openid_configuration"), Token: form.Get("registration_token")}
	i, err := s.Classroom.Invitation(c.Request.Context(), c.Param("invitation"))
	if err != nil {
		return r, err
	}
	var proof registerProof
	if _, _, err := s.Classroom.Signer.Open(purposeRegister, form.Get("proof"), &proof); err != nil {
		return r, &classroom.Error{Code: classroom.Expired, Message: "error.register_form", Err: err}
	}
	r.Opener, r.Agreed = proof.Opener, proof.Agreed
	if proof != newRegisterProof(i, r) {
		return r, &classroom.Error{Code: classroom.Invalid, Message: "error.register_form", Err: errors.New("the form of another registration")}
	}
	return r, nil
}

// showRegistered tells what became of an invitation, to the LMS that used it.
func (s *Server) showRegistered(c *gin.Context, i classroom.Invitation, configURL string) error {
	platform, err := s.Classroom.Store.Platform(c.Request.Context(), i.PlatformID)
	if err != nil {
		return err
	}
	ancestors, err := s.ancestors(c, platform.ID)
	if err != nil {
		return err
	}
	if configURL != "" && !knownOrigin(ancestors, originOf(configURL)) {
		return refuse(classroom.Conflict, "error.invitation_used", "another LMS asks with invitation "+i.ID)
	}
	p := registeredPage{basePage: s.base(c), Platform: platform, KeysMissing: c.Query("keys") == "missing", Addresses: s.addresses(c)}
	p.Title, p.Scripts = p.Text("register.done", "Name", platform.Name), []string{"times.js", "register.js"}
	return s.render(c, http.StatusOK, "register_done", p, headers{ancestors: ancestors})
}

// showInvited tells a person who opens the address what it is for.
func (s *Server) showInvited(c *gin.Context, i classroom.Invitation) error {
	p := invitedPage{basePage: s.base(c), Invitation: i, Addresses: s.addresses(c)}
	p.Title = p.Text("register.how")
	return s.render(c, http.StatusOK, "register_how", p, headers{})
}
