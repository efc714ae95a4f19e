package lti_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// campus is an LMS of some profile and a tool that is registered there, both
// listening, and a browser before them.
type campus struct {
	*clock
	profile  ltitest.Profile
	lms      *ltitest.LMS
	lmsURL   string
	tool     *lti.Tool
	key      lti.ToolKey
	services *lti.Services
	browser  *ltitest.Browser

	mu      sync.Mutex
	alter   func(map[string]any) // of the claims of launches
	launch  *lti.Launch          // the last one
	refused error                // why there was none
	notices []*lti.Notice
}

// classSize is more than a page of most rosters.
const classSize = 120

// lmsKey is the first key of each LMS: making one takes longer than a launch.
var lmsKey = sync.OnceValues(lti.GenerateToolKey)

func newCampus(t testing.TB, profile ltitest.Profile, change func(*ltitest.Config)) *campus {
	t.Helper()
	key, err := toolKey()
	if err != nil {
		t.Fatal(err)
	}
	signs, err := lmsKey()
	if err != nil {
		t.Fatal(err)
	}
	c := &campus{
		clock: &clock{now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}, profile: profile, key: key,
		browser: ltitest.NewBrowser(http.DefaultClient),
	}
	tool, lms := httptest.NewServer(c.routes()), httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.lms.ServeHTTP(w, r) }))
	t.Cleanup(tool.Close)
	t.Cleanup(lms.Close)
	config := ltitest.Config{
		URL: lms.URL, ToolURL: tool.URL, Key: signs, Profile: profile, Now: c.Now, HTTP: tool.Client(), Alter: c.altered,
		Persons: everybody(), Links: places(), Groups: groups(), Custom: parameters(),
	}
	if change != nil {
		change(&config)
	}
	if c.lms, err = ltitest.New(config); err != nil {
		t.Fatal(err)
	}
	c.lmsURL = lms.URL
	registered := &platforms{}
	registered.add(c.lms.Platform("p1"))
	c.tool = &lti.Tool{
		URL: tool.URL, Platforms: registered, Secret: []byte(strings.Repeat("s", 32)), Now: c.Now,
		Keys: &lti.Keys{OnPremisesHTTP: lms.Client(), Now: c.Now, Logger: slog.New(slog.DiscardHandler)},
	}
	c.services = &lti.Services{
		OnPremisesHTTP: lms.Client(), UserAgent: "Classbridge", Now: c.Now, Logger: slog.New(slog.DiscardHandler),
		Key: func(context.Context) (lti.ToolKey, error) { return key, nil },
	}
	return c
}

// everybody is one of each kind, and a class that fills pages.
func everybody() []ltitest.Person {
	all := []ltitest.Person{
		{Sub: "assistant", Name: "Ash Assistant", Given: "Ash", Family: "Assistant", Email: "ash@school.example", Locale: "en", Roles: []string{ltitest.Instructor, ltitest.TeachingAssistant}},
		{Sub: "escaped", Name: "R&D <Zoë> O'Neil", Given: "R&D <Zoë>", Family: "O'Neil", Email: "zoe@school.example", Locale: "en", Username: "zoe", SourcedID: "sis-zoe", Timezone: "Europe/Berlin", Roles: []string{ltitest.Learner}, Groups: []string{"12", "14"}},
		{Sub: "suspended", Name: "Susan Suspended", Locale: "en", Roles: []string{ltitest.Learner}, Status: ltitest.Inactive},
		{Sub: "parent", Name: "Pat Parent", Locale: "en", Roles: []string{ltitest.Mentor}},
		{Sub: "preview", Name: "Test Student", Locale: "en", Roles: []string{ltitest.Learner}, TestUser: true},
		{Sub: "boss", Name: "Bo Boss", Locale: "en", Roles: []string{ltitest.Administrator}, Courses: []string{}},
	}
	return append(ltitest.Large(classSize), all...)
}

func places() []ltitest.Link {
	return []ltitest.Link{
		{ID: "graded", Title: "Weekly class", CourseID: "algebra", LineItem: &ltitest.LineItem{ScoreMaximum: 10}},
		{ID: "plain", Title: "Office hours", CourseID: "algebra", History: []string{"older link"}},
	}
}

func groups() []ltitest.Group {
	return []ltitest.Group{
		{ID: "12", Name: "Reds", CourseID: "algebra"}, {ID: "14", Name: "Blues", CourseID: "algebra", Tag: "lab", SetID: "s1", Hidden: true},
		{ID: "99", Name: "Others", CourseID: "biology"},
	}
}

// parameters are what the tool asks for when it registers.
func parameters() map[string]string {
	return map[string]string{
		lti.CustomTimezone: "$Person.address.timezone", lti.CustomContextHistory: "$Context.id.history",
		lti.CustomLinkHistory: "$ResourceLink.id.history", lti.CustomGroups: "$Moodle.Person.userGroupIds",
	}
}

// routes are the tool's addresses.
func (c *campus) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/lti/login", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		login, err := c.tool.Login(r.Context(), r.Form, r.Cookies())
		if c.keep(w, nil, err) {
			setAll(w, login.Cookies)
			http.Redirect(w, r, login.URL, http.StatusFound)
		}
	})
	mux.HandleFunc("POST /lti/launch", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		launch, err := c.tool.Verify(r.Context(), r.PostForm, r.Cookies())
		if c.keep(w, launch, err) {
			setAll(w, launch.Cookies)
		}
	})
	mux.HandleFunc("GET /lti/jwks", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(lti.JWKS([]lti.PublicKey{c.key.Public()}))
	})
	mux.HandleFunc("POST /lti/notices", c.receiveNotices)
	return mux
}

func setAll(w http.ResponseWriter, cookies []*http.Cookie) {
	for _, one := range cookies {
		http.SetCookie(w, one)
	}
}

// keep remembers how a request ended, and reports whether well.
func (c *campus) keep(w http.ResponseWriter, launch *lti.Launch, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.launch, c.refused = launch, err
	if err != nil {
		http.Error(w, "refused", http.StatusUnauthorized)
	}
	return err == nil
}

func (c *campus) receiveNotices(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	tokens, err := lti.ParseNotices(body)
	for _, token := range tokens {
		var n *lti.Notice
		if n, err = c.tool.VerifyNotice(r.Context(), token); err != nil {
			break
		}
		c.mu.Lock()
		c.notices = append(c.notices, n)
		c.mu.Unlock()
	}
	c.keep(w, nil, err)
}

func (c *campus) altered(claims map[string]any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alter != nil {
		c.alter(claims)
	}
}

// alters changes the claims of launches until it is called again.
func (c *campus) alters(change func(claims map[string]any)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alter = change
}

// launches has the browser click a link.
func (c *campus) launches(t testing.TB, person, link string) *lti.Launch {
	t.Helper()
	return c.arrived(t, func() (*http.Response, error) {
		return c.browser.Launch(t.Context(), c.lmsURL, person, link)
	})
}

// chooses has the browser ask for content.
func (c *campus) chooses(t testing.TB, person, course string) *lti.Launch {
	t.Helper()
	return c.arrived(t, func() (*http.Response, error) {
		return c.browser.DeepLink(t.Context(), c.lmsURL, person, course)
	})
}

func (c *campus) arrived(t testing.TB, walk func() (*http.Response, error)) *lti.Launch {
	t.Helper()
	launch, err := c.outcome(walk)
	if err != nil {
		t.Fatal(err)
	}
	return launch
}

func (c *campus) outcome(walk func() (*http.Response, error)) (*lti.Launch, error) {
	answer, err := walk()
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil && c.launch == nil {
		return nil, fmt.Errorf("HTTP status %d and no launch", answer.StatusCode)
	}
	return c.launch, c.refused
}

// onEach runs a test on each LMS.
func onEach(t *testing.T, test func(t *testing.T, profile ltitest.Profile)) {
	for _, profile := range ltitest.Profiles() {
		t.Run(profile.Name, func(t *testing.T) { test(t, profile) })
	}
}
