package web

import (
	"net/http"
	"strconv"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathInvitations = pathLTI + "/invitations"

func (s *Server) invitationRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathInvitations + "/new", admin.Change, s.newInvitationForm},
		{post, pathInvitations, admin.Change, s.inviteLMS},
		{post, pathInvitations + "/:invitation/withdraw", admin.Change, s.withdrawInvitation},
	}
}

// ltiInvitePage is the form of an invitation, and once its address.
type ltiInvitePage struct {
	consolePage
	Wish       classroom.InvitationWish
	Days       string
	Wrong      map[string]string
	Invitation classroom.Invitation
	Address    string // to be told now; empty: none was made yet
}

const invitationDays = "7"

// newInvitationForm answers GET /console/lti/invitations/new.
func (s *Server) newInvitationForm(c *gin.Context, v admin.Visitor) error {
	return s.renderInvitation(c, v, http.StatusOK, &ltiInvitePage{Days: invitationDays})
}

func (s *Server) renderInvitation(c *gin.Context, v admin.Visitor, status int, p *ltiInvitePage) error {
	p.consolePage = s.consolePage(c, v, pathLTI, "console.lti.invite")
	p.Back = pathLTI
	return s.renderConsoleAs(c, status, "console_lti_invite", p)
}

// inviteLMS answers POST /console/lti/invitations by the page with the address: it
// is shown once, so there is nothing to lead to.
func (s *Server) inviteLMS(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(form.Get("days")) // what is no number is no length of time
	p := &ltiInvitePage{Days: form.Get("days"), Wish: classroom.InvitationWish{
		Name: form.Get("name"), OnPremises: form.Get("on-premises") != "", Pending: form.Get("pending") != "",
		For: time.Duration(min(days, 1000)) * 24 * time.Hour,
	}}
	p.Invitation, p.Address, err = s.Classroom.Invite(c.Request.Context(), v.Tenant.ID, p.Wish)
	if p.Wrong = s.mistakes(c, err); p.Wrong != nil {
		return s.renderInvitation(c, v, wrongForm, p)
	}
	act := admin.Act{Name: "invitation.create", Subject: p.Invitation.Name, SubjectID: p.Invitation.ID}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return s.renderInvitation(c, v, http.StatusOK, p)
}

// withdrawInvitation answers POST /console/lti/invitations/:invitation/withdraw.
func (s *Server) withdrawInvitation(c *gin.Context, v admin.Visitor) error {
	ctx, id := c.Request.Context(), c.Param("invitation")
	err := s.Classroom.Store.WithdrawInvitation(ctx, v.Tenant.ID, id, s.Now())
	if err := s.Console.Record(ctx, v, admin.Act{Name: "invitation.withdraw", SubjectID: id}, err); err != nil {
		return err
	}
	return done(c, pathLTI, "console.said.lti_withdrawn")
}
