package web

import (
	"net/http"
	"net/url"

	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// leftPage is where BigBlueButton sends people afterwards, or when it does not
// let them in.
type leftPage struct {
	basePage
	Left   classroom.LeftView
	How    string // left, ended, full, refused, removed, failed
	Rejoin bool   // this browser still has the session of the tab
	Name   string // who rejoins
	Whose  string
}

// showLeft answers GET /left. It needs no cookie; with the tab's, one may rejoin.
func (s *Server) showLeft(c *gin.Context) error {
	v, err := s.Classroom.Left(c.Request.Context(), c.Query("m"))
	if err != nil && !classroom.Is(err, classroom.Expired) && !classroom.Is(err, classroom.NotFound) {
		return err
	}
	c.Set(keyLocale, v.Locale)
	p := leftPage{basePage: s.base(c), Left: v, How: howLeft(c.Request.URL.Query(), v)}
	if v.RoomID != "" && !v.FromChat {
		s.offerRejoin(c, &p)
	}
	p.Title = p.Text("left." + p.How)
	return s.render(c, http.StatusOK, "left", p, headers{form: formOutside})
}

func (s *Server) offerRejoin(c *gin.Context, p *leftPage) {
	launch, ok := s.launchOf(c, doorTab)
	if !ok {
		return
	}
	a, err := s.Classroom.Peek(c.Request.Context(), launch, p.Left.RoomID)
	if err != nil {
		return // the page stands without it
	}
	s.keepRefusedEntry(c, a)
	p.Rejoin, p.Name, p.Whose = true, a.Person.DisplayName(), s.whose(a.Person.ID)
}

// howLeft says what happened: by what BigBlueButton adds to the address (errors
// of a join that it refused, reasonCode of its client), otherwise by what we know
// of the meeting. Anybody can write such an address: it only chooses a text.
func howLeft(q url.Values, v classroom.LeftView) string {
	switch q.Get("reasonCode") {
	case "user_requested_eject_reason", "system_requested_eject_reason", "banned_user_rejoining_reason":
		return "removed"
	case "max_participants_reason":
		return "full"
	}
	errs := bbb.ParseErrors(q)
	for _, e := range errs {
		switch e.Key {
		case bbb.KeyMaxParticipants:
			return "full"
		case bbb.KeyGuestDenied:
			return "refused"
		case bbb.KeyUserNotFound:
			return "removed"
		case bbb.KeyForciblyEnded, bbb.KeyInvalidMeeting, bbb.KeyMismatch:
			return "ended"
		}
	}
	switch {
	case len(errs) > 0:
		return "failed"
	case v.RoomID != "" && !v.Running:
		return "ended"
	}
	return "left"
}
