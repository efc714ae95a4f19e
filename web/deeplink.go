package web

import (
	"errors"
	"net/http"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// place answers POST /lti/launch when the LMS asks what to put into a course
// (Deep Linking §3.4.1): it shows the rooms to choose from, right here, since the
// form holds a ticket and needs no cookie.
func (s *Server) place(c *gin.Context, l *lti.Launch) error {
	greet(c, l)
	v, err := s.Classroom.Place(c.Request.Context(), l)
	if err != nil {
		s.observeLaunch(err)
		return &platformError{err, l.Platform.ID}
	}
	if !v.MayPlace {
		s.observeLaunch(refuse(classroom.Forbidden, "error.placement_learner", "deep linking by who is no moderator"))
		return s.showPlacement(c, http.StatusForbidden, s.placementPage(c, v))
	}
	s.observeLaunch(nil)
	p := s.placementPage(c, v)
	p.offerRows()
	return s.showPlacement(c, http.StatusOK, p)
}

// What the buttons of the page do.
const (
	placeMore  = "more"  // rows for new rooms
	placeLeave = "leave" // without choosing anything
)

// answerPlacement answers POST /lti/deep-linking, the form of that page.
func (s *Server) answerPlacement(c *gin.Context) error {
	form, err := postedForm(c, maxPlacement)
	if err != nil {
		return err
	}
	v, err := s.Classroom.Placing(c.Request.Context(), form.Get("ticket"))
	if v.Person.ID != "" {
		c.Set(keyLocale, v.Person.Locale)
		c.Set(keyKnown, true)
	}
	if err != nil {
		return &platformError{err, v.PlatformID}
	}
	switch form.Get("do") {
	case placeLeave:
		chosen, err := s.Classroom.Leave(c.Request.Context(), v)
		return s.returnToLMS(c, v, chosen, err)
	case placeMore:
		p := s.placementPage(c, v)
		p.typed(form)
		p.addRows(moreRows)
		return s.showPlacement(c, http.StatusOK, p)
	}
	return s.choose(c, v, form)
}

// choose makes the rooms that are new and takes the choice to the LMS, or shows
// what is wrong with it beside what was typed.
func (s *Server) choose(c *gin.Context, v classroom.Placing, form map[string][]string) error {
	p := s.placementPage(c, v)
	p.typed(form)
	chosen, err := s.Classroom.Choose(c.Request.Context(), v, p.choice())
	var wrong *classroom.ChoiceError
	if errors.As(err, &wrong) {
		p.show(wrong)
		return s.showPlacement(c, http.StatusBadRequest, p)
	}
	return s.returnToLMS(c, v, chosen, err)
}

func (s *Server) showPlacement(c *gin.Context, status int, p *placementPage) error {
	ancestors, err := s.placementAncestors(c, p.Placing)
	if err != nil {
		return err
	}
	return s.render(c, status, "deeplink", p, headers{ancestors: ancestors})
}

// placementAncestors are those of the platform's pages, and where the answer
// goes: LMSs in the cloud show their editor on the school's own host.
func (s *Server) placementAncestors(c *gin.Context, v classroom.Placing) ([]string, error) {
	origins, err := s.ancestors(c, v.PlatformID)
	return append(origins, cleanOrigins([]string{originOf(v.ReturnURL)})...), err
}

// returnPage takes the answer to the LMS: a form that submits itself, or by its
// button (Deep Linking §3.4.2).
type returnPage struct {
	basePage
	classroom.Chosen
}

func (s *Server) returnToLMS(c *gin.Context, v classroom.Placing, chosen classroom.Chosen, err error) error {
	if err != nil {
		return &platformError{err, v.PlatformID}
	}
	ancestors, err := s.placementAncestors(c, v)
	if err != nil {
		return err
	}
	target := cleanOrigins([]string{originOf(chosen.ReturnURL)})
	if len(target) == 0 {
		return &platformError{errors.New("the return address of a placement has no origin"), v.PlatformID}
	}
	p := returnPage{basePage: s.base(c), Chosen: chosen}
	p.Title, p.Scripts = p.Text("deeplink.return"), []string{"submit.js"}
	return s.render(c, http.StatusOK, "deeplink_return", p, headers{ancestors: ancestors, target: target[0]})
}
