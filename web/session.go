package web

import (
	"net/http"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// door is a cookie that holds a session.
type door string

const (
	doorFrame door = "__Host-classbridge"     // of the page in the LMS's frame
	doorTab   door = "__Host-classbridge-tab" // of tabs that a ticket opened
)

const purposeSession classroom.Purpose = "session"

// session is one launch; everything else is looked up, so that rights are those of now.
type session struct {
	Launch string `json:"l"`
	Door   door   `json:"d"`
}

// openDoor gives the browser the session of that launch. A session that was
// there is replaced, never merged. In a frame only partitioned cookies survive
// where third-party cookies are blocked (CHIPS); a tab of ours is not a third party.
func (s *Server) openDoor(c *gin.Context, d door, launchID string) error {
	token, err := s.Classroom.Signer.Sign(purposeSession, session{launchID, d}, classroom.SessionMax)
	if err != nil {
		return err
	}
	cookie := &http.Cookie{
		Name: string(d), Value: token, Path: "/", MaxAge: int(classroom.SessionMax / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if d == doorFrame {
		cookie.SameSite, cookie.Partitioned = http.SameSiteNoneMode, true
	}
	http.SetCookie(c.Writer, cookie)
	return nil
}

func (s *Server) launchOf(c *gin.Context, d door) (string, bool) {
	cookie, err := c.Request.Cookie(string(d))
	if err != nil {
		return "", false
	}
	var v session
	if _, _, err := s.Classroom.Signer.Open(purposeSession, cookie.Value, &v); err != nil || v.Door != d {
		return "", false
	}
	return v.Launch, true
}

// visit finds who is there, with the rights of now, by the first door whose
// session may enter this room. whose is the code of the person whose page asks;
// empty for an address that one opens oneself.
func (s *Server) visit(c *gin.Context, whose string, doors ...door) (classroom.Access, error) {
	refused := refuse(classroom.Expired, "error.session_expired", "no session")
	for _, d := range doors {
		launch, ok := s.launchOf(c, d)
		if !ok {
			continue
		}
		a, err := s.Classroom.Access(c.Request.Context(), launch, c.Param("room"))
		if err != nil {
			refused = err
			continue
		}
		if whose != "" && !s.isWhose(whose, a.Person.ID) {
			refused = refuse(classroom.Conflict, "error.other_person", "the page is another person's")
			continue
		}
		c.Set(keyLocale, a.Person.Locale)
		return a, nil
	}
	return classroom.Access{}, refused
}

// visitByForm is visit for what a page of ours sends: it must say whose it is.
func (s *Server) visitByForm(c *gin.Context, doors ...door) (classroom.Access, error) {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return classroom.Access{}, err
	}
	return s.visitBy(c, form.Get("whose"), doors...)
}

// visitByQuery is visitByForm for what a script fetches.
func (s *Server) visitByQuery(c *gin.Context, doors ...door) (classroom.Access, error) {
	return s.visitBy(c, c.Query("whose"), doors...)
}

func (s *Server) visitBy(c *gin.Context, whose string, doors ...door) (classroom.Access, error) {
	if whose == "" {
		return classroom.Access{}, refuse(classroom.Invalid, "error.form", "the page does not say whose it is")
	}
	return s.visit(c, whose, doors...)
}

// whose is the code of a person in pages: it tells two persons apart and says
// nothing else of them.
func (s *Server) whose(personID string) string {
	return s.Classroom.Signer.Code("whose page", personID)
}

func (s *Server) isWhose(code, personID string) bool {
	return s.Classroom.Signer.CodeIs(code, "whose page", personID)
}
