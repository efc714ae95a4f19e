package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	purposeOAuth classroom.Purpose = "oauth"
	oauthLife                      = 10 * time.Minute
	oauthCookie                    = "__Host-oauth-"
	oauthsKept                     = 10 // sign-ins that one browser may have under way
)

// What a sign-in at the chat is for.
const (
	forGo        = "go"
	forRecording = "recording"
	forLink      = "link"
)

// oauthState travels through the chat and back. It is signed, used once, bound to
// this browser by a cookie of its own, and says what the answer is for: the answer
// to one sign-in is good for nothing else.
type oauthState struct {
	ID        string `json:"i"`
	For       string `json:"f"`
	Tenant    string `json:"t"`
	Room      string `json:"r"`
	Recording string `json:"g,omitempty"`
	Launch    string `json:"l,omitempty"`
	Key       string `json:"k,omitempty"` // id of the master key that the verifier comes from
}

// back is where the sign-in leads when it has succeeded, or may be tried again.
func (o oauthState) back() string {
	switch o.For {
	case forRecording:
		return goPath(o.Room) + "/recordings/" + o.Recording
	case forLink:
		return "/rooms/" + o.Room + "/link"
	}
	return goPath(o.Room)
}

func (s *Server) redirectURI() string { return s.URL + "/mattermost/oauth" }

// verifier is the PKCE secret of that sign-in (RFC 7636 §4.1: 43 characters or
// more). Derived, so it is stored nowhere, and no browser ever sees it.
func (s *Server) verifier(o oauthState) string {
	sign := s.Classroom.Signer
	return sign.CodeOf(o.Key, "pkce 1", o.ID) + sign.CodeOf(o.Key, "pkce 2", o.ID)
}

func challenge(verifier string) string {
	digest := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// askChat sends the browser to the chat, to say who it is there.
func (s *Server) askChat(c *gin.Context, o oauthState) error {
	o.ID, o.Key = rand.Text(), s.Classroom.Signer.KeyID()
	state, err := s.Classroom.Signer.Sign(purposeOAuth, o, oauthLife)
	if err != nil {
		return err
	}
	address, err := s.Chat.AuthorizeURL(c.Request.Context(), o.Tenant, s.redirectURI(), state, challenge(s.verifier(o)))
	if err != nil {
		return chatFailure(fmt.Errorf("ask the chat: %w", err))
	}
	forgetOldOAuth(c)
	setLax(c, oauthCookie+o.ID, s.Classroom.Signer.Code("oauth browser", o.ID), oauthLife)
	return leave(c, address)
}

// forgetOldOAuth keeps a link that is followed again and again from filling the
// browser with cookies.
func forgetOldOAuth(c *gin.Context) {
	kept := 0
	for _, cookie := range c.Request.Cookies() {
		if !strings.HasPrefix(cookie.Name, oauthCookie) {
			continue
		}
		if kept++; kept >= oauthsKept {
			forget(c, cookie.Name)
		}
	}
}

// chatAnswered answers GET /mattermost/oauth.
func (s *Server) chatAnswered(c *gin.Context) error {
	o, err := s.openOAuth(c)
	if err != nil {
		return err
	}
	u, err := s.identify(c, o)
	if err != nil {
		if o.For == forLink { // a new sign-in needs a new ticket
			return err
		}
		return retryAt(err, o.back())
	}
	if o.For == forLink {
		err = s.keepLinkWish(c, o, u)
	} else {
		err = s.keepChatUser(c, o.Tenant, u)
	}
	if err != nil {
		return err
	}
	return seeOther(c, o.back())
}

// openOAuth checks the state, that this browser asked for it, and uses it up.
func (s *Server) openOAuth(c *gin.Context) (oauthState, error) {
	var o oauthState
	id, expires, err := s.Classroom.Signer.Open(purposeOAuth, c.Query("state"), &o)
	if err != nil {
		return o, &classroom.Error{Code: classroom.Expired, Message: "error.oauth_state", Err: err}
	}
	cookie, err := c.Request.Cookie(oauthCookie + o.ID)
	if err != nil || !s.Classroom.Signer.CodeIs(cookie.Value, "oauth browser", o.ID) {
		return o, refuse(classroom.Expired, "error.oauth_state", "another browser asked, or it keeps no cookies")
	}
	forget(c, cookie.Name)
	err = s.Classroom.Store.Consume(c.Request.Context(), id, expires)
	if classroom.Is(err, classroom.Conflict) {
		return o, refuse(classroom.Expired, "error.oauth_state", "the state was used before")
	}
	return o, err
}

// identify asks the chat who it is that comes back. Its refusals are RFC 6749
// §4.1.2.1; what they say is not ours to repeat.
func (s *Server) identify(c *gin.Context, o oauthState) (classroom.ChatUser, error) {
	code := c.Query("code")
	switch {
	case c.Query("error") == "access_denied":
		return classroom.ChatUser{}, refuse(classroom.Forbidden, "error.oauth_denied", "access_denied")
	case c.Query("error") != "" || code == "":
		return classroom.ChatUser{}, refuse(classroom.Unavailable, "error.chat_unavailable", "the chat answered without a code")
	}
	// Anybody can come here with a code that is none: it must not cost the chat more than a refusal.
	release, ok := s.refusals.hold(s.address(c))
	if !ok {
		return classroom.ChatUser{}, &classroom.BusyError{Wait: exchangeLater}
	}
	defer release()
	u, err := s.Chat.Identify(c.Request.Context(), o.Tenant, s.redirectURI(), code, s.verifier(o))
	if classroom.Is(err, classroom.Expired) {
		return u, &classroom.Error{Code: classroom.Expired, Message: "error.oauth_state", Err: err}
	}
	if err != nil {
		return u, chatFailure(err)
	}
	return u, nil
}

// exchangeLater is when an address that had too much refused may sign in again.
const exchangeLater = 5 * time.Second

// chatFailure is what the person reads when the chat did not say who it is.
func chatFailure(err error) error {
	var (
		busy    *classroom.BusyError
		refused *classroom.Error
	)
	if errors.As(err, &busy) || errors.As(err, &refused) || errors.Is(err, classroom.ErrNoChat) {
		return err
	}
	return &classroom.Error{Code: classroom.Unavailable, Message: "error.chat_unavailable", Err: err}
}
