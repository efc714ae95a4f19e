package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/locales"

	"github.com/gin-gonic/gin"
)

const pathSettings = "/console/settings"

func (s *Server) settingsRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathSettings, admin.Read, s.showConsoleSettings},
		{post, pathSettings, admin.Change, s.saveConsoleSettings},
		{get, pathBranding, admin.Read, s.showBranding},
		{post, pathBranding, admin.Change, s.saveBranding},
		{post, pathSettings + "/phrases", admin.Change, s.savePhrases},
		{get, pathSettings + "/platforms/:platform", admin.Read, s.showPolicies},
		{post, pathSettings + "/platforms/:platform", admin.Change, s.savePolicies},
		{post, pathSettings + "/platforms/:platform/try", admin.Read, s.tryPolicies},
	}
}

// consoleSettingsPage is what the school decides for all its platforms, its own
// sentences in posts, and the way to what it decides for each.
type consoleSettingsPage struct {
	consolePage
	Form      url.Values // as typed, else as it is
	Languages []locales.Language
	Guests    []classroom.GuestPolicy
	Phrases   []phraseField
	Words     []string
	Platforms []classroom.Platform
	Wrong     map[string]string
}

// phraseField is a sentence of the school's own, and how it reads in a post.
type phraseField struct{ Name, Value, Shown, Wrong string }

// Offers reports whether a language is offered.
func (p *consoleSettingsPage) Offers(tag string) bool {
	offered := strings.Fields(p.Form.Get("languages"))
	return len(offered) == 0 || slices.Contains(offered, tag)
}

// showConsoleSettings answers GET /console/settings.
func (s *Server) showConsoleSettings(c *gin.Context, v admin.Visitor) error {
	return s.renderConsoleSettings(c, v, nil, nil)
}

func (s *Server) renderConsoleSettings(c *gin.Context, v admin.Visitor, typed url.Values, wrong map[string]string) error {
	ctx := c.Request.Context()
	p := &consoleSettingsPage{
		consolePage: s.consolePage(c, v, pathSettings, "console.settings"), Form: url.Values{}, Languages: s.Texts.Languages(),
		Guests: classroom.GuestPolicies(), Words: classroom.PhraseWords(), Wrong: wrong,
	}
	own, err := s.Classroom.Phrases(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	if p.Platforms, err = s.Classroom.Store.ListPlatforms(ctx, v.Tenant.ID); err != nil {
		return err
	}
	for name, value := range admin.SettingsOf(v.Tenant) {
		p.Form.Set(name, value)
	}
	for name, value := range phraseFacts(own) {
		p.Form.Set(name, value)
	}
	for field, values := range typed {
		p.Form[field] = values
	}
	p.preview()
	status := http.StatusOK
	if wrong != nil {
		status = wrongForm
	}
	return s.renderConsoleAs(c, status, "console_settings", p)
}

// preview fills the sentences with an example.
func (p *consoleSettingsPage) preview() {
	example := map[string]string{
		"course": p.Text("console.settings.example.course"), "room": p.Text("console.settings.example.room"),
		"school": p.Visitor.Tenant.Name, "teacher": p.Text("console.settings.example.teacher"),
	}
	for _, name := range []string{"started", "ended", "recorded"} {
		value := p.Form.Get(name)
		p.Phrases = append(p.Phrases, phraseField{name, value, classroom.FillPhrase(value, example), p.Wrong[name]})
	}
}

func phraseFacts(p classroom.Phrases) map[string]string {
	return map[string]string{"started": p.Started, "ended": p.Ended, "recorded": p.Recorded}
}

// saveConsoleSettings answers POST /console/settings.
func (s *Server) saveConsoleSettings(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	form.Set("languages", s.offered(form["language"]))
	for _, name := range []string{"names-in-posts", "match-email"} {
		form.Set(name, yes(form.Get(name) != ""))
	}
	values := map[string]string{}
	for name := range admin.SettingsOf(v.Tenant) {
		values[name] = form.Get(name)
	}
	err = s.Console.ChangeSettings(c.Request.Context(), v, values)
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderConsoleSettings(c, v, form, wrong)
	}
	if err != nil {
		return err
	}
	return done(c, pathSettings, "console.said.saved")
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// offered is how ticked languages are kept: none of them, or all, leaves none out.
func (s *Server) offered(ticked []string) string {
	var known []string
	for _, l := range s.Texts.Languages() {
		if slices.Contains(ticked, l.Tag) {
			known = append(known, l.Tag)
		}
	}
	if len(known) == len(s.Texts.Languages()) {
		return ""
	}
	return strings.Join(known, " ")
}

// savePhrases answers POST /console/settings/phrases: with do=look it shows how
// they read, and keeps nothing.
func (s *Server) savePhrases(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	became := classroom.Phrases{TenantID: v.Tenant.ID, Started: form.Get("started"), Ended: form.Get("ended"), Recorded: form.Get("recorded")}
	if became, err = classroom.CheckPhrases(became); err != nil || form.Get("do") == "look" {
		return s.renderConsoleSettings(c, v, form, s.mistakes(c, err))
	}
	was, err := s.Classroom.Phrases(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	act := admin.Act{Name: "phrases.change", Detail: admin.Changes(phraseFacts(was), phraseFacts(became))}
	if err := s.Console.Record(ctx, v, act, s.Classroom.ChangePhrases(ctx, became)); err != nil {
		return err
	}
	return done(c, pathSettings, "console.said.saved")
}
