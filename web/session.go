package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// door is what holds a session: a cookie of that name, or the page.
type door string

const (
	doorFrame door = "__Host-classbridge"     // of the page in the LMS's frame
	doorTab   door = "__Host-classbridge-tab" // of tabs that a ticket opened
	doorPage  door = "page"                   // where a frame keeps no cookies: see carried
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
	token, err := s.sign(d, launchID)
	if err != nil {
		return err
	}
	setDoor(c, d, token, int(classroom.SessionMax/time.Second))
	return nil
}

func (s *Server) sign(d door, launchID string) (token string, err error) {
	return s.Classroom.Signer.Sign(purposeSession, session{launchID, d}, classroom.SessionMax)
}

// setDoor sets the cookie, or deletes it by a negative age. That of a tab is gone
// with the browser, which on a shared computer the next person opens anew.
func setDoor(c *gin.Context, d door, token string, age int) {
	cookie := &http.Cookie{
		Name: string(d), Value: token, Path: "/", MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	switch {
	case d == doorFrame:
		cookie.SameSite, cookie.Partitioned = http.SameSiteNoneMode, true
	case age > 0:
		cookie.MaxAge = 0
	}
	http.SetCookie(c.Writer, cookie)
}

func closeDoor(c *gin.Context, d door) { setDoor(c, d, "", -1) }

// closeOldTab forgets whose tabs the browser had: a launch has come, perhaps of
// somebody else. In a frame the browser tells nothing of them.
func closeOldTab(c *gin.Context) {
	if _, err := c.Request.Cookie(string(doorTab)); err == nil {
		closeDoor(c, doorTab)
	}
}

func tokenOf(c *gin.Context, d door) string {
	if d == doorPage {
		return carriedToken(c)
	}
	cookie, err := c.Request.Cookie(string(d))
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (s *Server) launchOf(c *gin.Context, d door) (string, bool) {
	token := tokenOf(c, d)
	if token == "" {
		return "", false
	}
	var v session
	if _, _, err := s.Classroom.Signer.Open(purposeSession, token, &v); err != nil || v.Door != d {
		return "", false
	}
	return v.Launch, true
}

// visit finds who is there, with the rights of now, by the first door whose
// session may enter this room. A page that loads itself again says so by auto.
func (s *Server) visit(c *gin.Context, doors ...door) (classroom.Access, error) {
	return s.visitAs(c, s.lookupOf(c, s.Classroom.Access), "", doors...)
}

// lookup is Classroom's Access, or another way of asking for the same.
type lookup func(ctx context.Context, launchID, roomID string) (classroom.Access, error)

// lookupOf is how to look a person up, or Classroom's Peek: what a page asks by
// itself is no sign of life of the person.
func (s *Server) lookupOf(c *gin.Context, person lookup) lookup {
	if c.Query("auto") != "" {
		return s.Classroom.Peek
	}
	return person
}

// visitAs is visit for the page of whom that code is; empty: of anybody.
func (s *Server) visitAs(c *gin.Context, look lookup, whose string, doors ...door) (classroom.Access, error) {
	refused := refuse(classroom.Expired, "error.session_expired", "no session")
	for _, d := range doorsOf(c, whose, doors) {
		launch, ok := s.launchOf(c, d)
		if !ok {
			continue
		}
		a, err := look(c.Request.Context(), launch, c.Param("room"))
		if err != nil {
			refused = err
			continue
		}
		if whose != "" && !s.isWhose(whose, a.Person.ID) {
			refused = refuse(classroom.Conflict, "error.other_person", "the page is another person's")
			continue
		}
		s.speak(c, a.Room.TenantID, a.Person.Locale)
		c.Set(keyKnown, true)
		if d == doorPage {
			s.carry(c, tokenOf(c, d), a.Person.ID)
		}
		return a, nil
	}
	return classroom.Access{}, refused
}

// doorsOf are the doors to try. A page that carries its session says whose it is;
// a cookie of that person goes first. What was carried once is all that counts.
func doorsOf(c *gin.Context, whose string, doors []door) []door {
	switch {
	case carriedBy(c) != nil:
		return []door{doorPage}
	case whose == "":
		return doors
	}
	return append(slices.Clone(doors), doorPage)
}

// visitByForm is visit for what a page of ours sends: it must say whose it is.
func (s *Server) visitByForm(c *gin.Context, doors ...door) (classroom.Access, error) {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return classroom.Access{}, err
	}
	return s.visitBy(c, s.Classroom.Access, form.Get("whose"), doors...)
}

// visitByQuery is visitByForm for what a script fetches.
func (s *Server) visitByQuery(c *gin.Context, doors ...door) (classroom.Access, error) {
	return s.visitBy(c, s.lookupOf(c, s.Classroom.Access), c.Query("whose"), doors...)
}

// peekByQuery is visitByQuery for what no person can have asked for.
func (s *Server) peekByQuery(c *gin.Context, doors ...door) (classroom.Access, error) {
	return s.visitBy(c, s.Classroom.Peek, c.Query("whose"), doors...)
}

func (s *Server) visitBy(c *gin.Context, look lookup, whose string, doors ...door) (classroom.Access, error) {
	if whose == "" {
		return classroom.Access{}, refuse(classroom.Invalid, "error.form", "the page does not say whose it is")
	}
	return s.visitAs(c, look, whose, doors...)
}

// whose is the code of a person in pages: it tells two persons apart and says
// nothing else of them.
func (s *Server) whose(personID string) string {
	return s.Classroom.Signer.Code("whose page", personID)
}

func (s *Server) isWhose(code, personID string) bool {
	return s.Classroom.Signer.CodeIs(code, "whose page", personID)
}
