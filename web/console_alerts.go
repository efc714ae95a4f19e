package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"classbridge/admin"

	"github.com/gin-gonic/gin"
)

const pathAlerts = "/console/alerts"

// alertsPage shows what is wrong, what was, and who is told of it.
type alertsPage struct {
	consolePage
	Open  []admin.Incident
	Past  []admin.Incident
	Ways  []admin.AlertWay
	Rules admin.AlertRules
	Kinds []admin.IncidentKind
	Wrong map[string]string // field to the text of what is wrong with it
}

// wayPage is the form of one way.
type wayPage struct {
	consolePage
	Way   admin.AlertWay
	Wrong map[string]string
	Host  string // of the webhook that is set; its address is not shown
}

const shownIncidents = 50

func (s *Server) alertsRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathAlerts, admin.Read, s.showAlerts},
		{post, pathAlerts + "/rules", admin.Change, s.saveAlertRules},
		{get, pathAlerts + "/ways/new", admin.Change, s.newAlertWay},
		{post, pathAlerts + "/ways", admin.Change, s.addAlertWay},
		{get, pathAlerts + "/ways/:way", admin.Change, s.showAlertWay},
		{post, pathAlerts + "/ways/:way", admin.Change, s.saveAlertWay},
		{post, pathAlerts + "/ways/:way/test", admin.Change, s.testAlertWay},
		{post, pathAlerts + "/ways/:way/remove", admin.Change, s.removeAlertWay},
	}
}

// showAlerts answers GET /console/alerts.
func (s *Server) showAlerts(c *gin.Context, v admin.Visitor) error {
	rules, err := s.Console.AlertRules(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	return s.renderAlerts(c, v, http.StatusOK, rules, nil)
}

func (s *Server) renderAlerts(c *gin.Context, v admin.Visitor, status int, rules admin.AlertRules, wrong map[string]string) error {
	ctx, store := c.Request.Context(), s.Console.Store
	p := &alertsPage{consolePage: s.consolePage(c, v, pathAlerts, "console.alerts"), Rules: rules, Kinds: admin.IncidentKinds(), Wrong: wrong}
	var err error
	if p.Ways, err = store.AlertWays(ctx, v.Tenant.ID); err != nil {
		return err
	}
	incidents, err := store.Incidents(ctx, v.Tenant.ID, shownIncidents)
	if err != nil {
		return err
	}
	for _, i := range incidents {
		if i.OpenKey != nil {
			p.Open = append(p.Open, i)
		} else {
			p.Past = append(p.Past, i)
		}
	}
	return s.renderConsoleAs(c, status, "console_alerts", p)
}

// saveAlertRules answers POST /console/alerts/rules.
func (s *Server) saveAlertRules(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	r := admin.AlertRules{WorkMinutes: numberOf(form, "work"), RecordingHours: numberOf(form, "recording"), DueDays: numberOf(form, "due")}
	var muted []string
	for _, k := range admin.IncidentKinds() {
		if form.Get("told_"+string(k)) == "" {
			muted = append(muted, string(k))
		}
	}
	r.Muted = strings.Join(muted, " ")
	err = s.Console.SaveAlertRules(c.Request.Context(), v, r)
	if wrong := s.wrongFields(c, err); wrong != nil {
		return s.renderAlerts(c, v, http.StatusUnprocessableEntity, r, wrong)
	}
	if err != nil {
		return err
	}
	return done(c, pathAlerts, "console.said.saved")
}

// numberOf is a field that holds a number; -1 if it does not.
func numberOf(form url.Values, field string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(form.Get(field)), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// wrongFields are the mistakes of a form by field, in the reader's words; nil if
// err is nothing of the kind.
func (s *Server) wrongFields(c *gin.Context, err error) map[string]string {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	var wrong map[string]string
	for _, one := range all {
		var f *admin.FieldError
		if !errors.As(one, &f) {
			continue
		}
		if wrong == nil {
			wrong = map[string]string{}
		}
		wrong[f.Field] = s.printer(c).Text(f.Message)
	}
	return wrong
}

// newAlertWay answers GET /console/alerts/ways/new?kind=.
func (s *Server) newAlertWay(c *gin.Context, v admin.Visitor) error {
	w := admin.AlertWay{Kind: admin.AlertWayKind(c.Query("kind")), Encryption: "starttls"}
	switch w.Kind {
	case admin.ByMattermost, admin.ByWebhook, admin.ByEmail:
	default:
		w.Kind = admin.ByEmail
	}
	return s.renderWay(c, v, http.StatusOK, w, nil)
}

// showAlertWay answers GET /console/alerts/ways/:way.
func (s *Server) showAlertWay(c *gin.Context, v admin.Visitor) error {
	w, err := s.Console.Store.AlertWay(c.Request.Context(), v.Tenant.ID, c.Param("way"))
	if err != nil {
		return err
	}
	return s.renderWay(c, v, http.StatusOK, w, nil)
}

func (s *Server) renderWay(c *gin.Context, v admin.Visitor, status int, w admin.AlertWay, wrong map[string]string) error {
	p := &wayPage{consolePage: s.consolePage(c, v, pathAlerts, "console.alerts.way."+string(w.Kind)), Way: w, Wrong: wrong}
	p.Back = pathAlerts
	if p.Way.Secret != "" {
		p.Way.Secret = "set" // it never goes back
	}
	if w.Kind == admin.ByWebhook && w.ID != "" && wrong == nil {
		p.Host, p.Way.Target = w.Shown(), "" // nor does an address that lets whoever has it post
	}
	return s.renderConsoleAs(c, status, "console_alert_way", p)
}

// addAlertWay answers POST /console/alerts/ways.
func (s *Server) addAlertWay(c *gin.Context, v admin.Visitor) error { return s.keepAlertWay(c, v, "") }

// saveAlertWay answers POST /console/alerts/ways/:way.
func (s *Server) saveAlertWay(c *gin.Context, v admin.Visitor) error {
	return s.keepAlertWay(c, v, c.Param("way"))
}

func (s *Server) keepAlertWay(c *gin.Context, v admin.Visitor, id string) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	w := alertWayOf(form)
	w.ID = id
	err = s.Console.SaveWay(c.Request.Context(), v, w)
	if wrong := s.wrongFields(c, err); wrong != nil {
		return s.renderWay(c, v, http.StatusUnprocessableEntity, w, wrong)
	}
	if err != nil {
		return err
	}
	return done(c, pathAlerts, "console.said.saved")
}

func alertWayOf(form url.Values) admin.AlertWay {
	text := func(field string) string { return strings.TrimSpace(form.Get(field)) }
	return admin.AlertWay{
		Kind: admin.AlertWayKind(text("kind")), Target: text("target"), Server: text("server"), Encryption: text("encryption"),
		Username: text("username"), Sender: text("sender"), Secret: form.Get("secret"),
		Fallback: form.Get("fallback") != "", Inside: form.Get("inside") != "", Disabled: form.Get("disabled") != "",
	}
}

// testAlertWay answers POST /console/alerts/ways/:way/test.
func (s *Server) testAlertWay(c *gin.Context, v admin.Visitor) error {
	err := s.Alarm.TestWay(c.Request.Context(), v, c.Param("way"))
	var failed *admin.SendError
	switch {
	case errors.As(err, &failed):
		return done(c, pathAlerts, "console.said.alert_failed")
	case err != nil:
		return err
	}
	return done(c, pathAlerts, "console.said.alert_sent")
}

// removeAlertWay answers POST /console/alerts/ways/:way/remove.
func (s *Server) removeAlertWay(c *gin.Context, v admin.Visitor) error {
	if err := s.Console.RemoveWay(c.Request.Context(), v, c.Param("way")); err != nil {
		return err
	}
	return done(c, pathAlerts, "console.said.removed")
}
