package ltitest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// school is an LMS and a tool that says who came.
type school struct {
	lms     *ltitest.LMS
	lmsURL  string
	toolURL string
	refused error // of the last launch
}

func newSchool(t *testing.T, change func(*ltitest.Config)) *school {
	t.Helper()
	s := &school{}
	var tool *lti.Tool
	mux := http.NewServeMux()
	mux.HandleFunc("POST /lti/login", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		login, err := tool.Login(r.Context(), r.Form, r.Cookies())
		if s.answer(w, err) {
			setCookies(w, login.Cookies)
			http.Redirect(w, r, login.URL, http.StatusFound)
		}
	})
	mux.HandleFunc("POST /lti/launch", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		launch, err := tool.Verify(r.Context(), r.PostForm, r.Cookies())
		if s.answer(w, err) {
			setCookies(w, launch.Cookies)
			http.Redirect(w, r, "/rooms/"+launch.ResourceLink.ID+"?"+url.Values{"name": {launch.Name}}.Encode(), http.StatusSeeOther)
		}
	})
	toolServer := httptest.NewServer(mux)
	t.Cleanup(toolServer.Close)
	lmsServer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.lms.ServeHTTP(w, r) }))
	t.Cleanup(lmsServer.Close)
	config := ltitest.Config{URL: lmsServer.URL, ToolURL: toolServer.URL}
	change(&config)
	lms, err := ltitest.New(config)
	if err != nil {
		t.Fatal(err)
	}
	s.lms, s.lmsURL, s.toolURL = lms, lmsServer.URL, toolServer.URL
	tool = &lti.Tool{
		URL: toolServer.URL, Platforms: registered{lms.Platform("p1")},
		Keys: &lti.Keys{OnPremisesHTTP: lmsServer.Client()}, Secret: []byte(strings.Repeat("s", 32)),
	}
	return s
}

func (s *school) answer(w http.ResponseWriter, err error) bool {
	s.refused = err
	if err != nil {
		http.Error(w, "refused", http.StatusUnauthorized)
	}
	return err == nil
}

func setCookies(w http.ResponseWriter, cookies []*http.Cookie) {
	for _, c := range cookies {
		http.SetCookie(w, c)
	}
}

func TestBrowserLaunches(t *testing.T) {
	s := newSchool(t, func(*ltitest.Config) {})
	browser := ltitest.NewBrowser(http.DefaultClient)
	for person, name := range map[string]string{
		"teacher": "Terry Teacher", "assistant": "Ash Assistant", "learner1": "Lee Learner", "learner2": "Sam Student",
	} {
		answer, err := browser.Launch(t.Context(), s.lmsURL, person, "room-2")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		location, err := answer.Location()
		if err != nil || answer.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d: %v", answer.StatusCode, s.refused)
		}
		if location.Path != "/rooms/room-2" || location.Query().Get("name") != name {
			t.Errorf("%s came to %s", person, location)
		}
	}
	if s.lms.JWKSRequests() != 1 {
		t.Errorf("%d requests for keys", s.lms.JWKSRequests())
	}
	toolAddress, err := url.Parse(s.toolURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range browser.Client.Jar.Cookies(toolAddress) {
		if c.Name != lti.ProbeCookie {
			t.Errorf("left: %v", c)
		}
	}
}

func TestLaunchOfNobody(t *testing.T) {
	s := newSchool(t, func(*ltitest.Config) {})
	browser := ltitest.NewBrowser(http.DefaultClient)
	for _, who := range [][2]string{{"nobody", "room-1"}, {"teacher", "nowhere"}} {
		if answer, err := browser.Launch(t.Context(), s.lmsURL, who[0], who[1]); err == nil {
			answer.Body.Close()
			t.Errorf("%v was launched", who)
		}
	}
}

// What the authorization endpoint demands, and to whom it says so.
func TestAuthorization(t *testing.T) {
	s := newSchool(t, func(*ltitest.Config) {})
	tests := []struct {
		name, value, code string // code empty: not told to the tool
	}{
		{"client_id", "other", ""},
		{"redirect_uri", "https://evil.example/", ""},
		{"scope", "profile", "invalid_scope"},
		{"response_type", "code", "unsupported_response_type"},
		{"response_mode", "query", "invalid_request"},
		{"prompt", "login", "invalid_request"},
		{"nonce", "", "invalid_request"},
		{"login_hint", "nobody", "login_required"},
		{"lti_message_hint", "", "invalid_request"},
	}
	browser := ltitest.NewBrowser(http.DefaultClient)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := url.Values{
				"client_id": {s.lms.ClientID}, "redirect_uri": {s.toolURL + "/lti/launch"}, "scope": {"openid"},
				"response_type": {"id_token"}, "response_mode": {"form_post"}, "prompt": {"none"}, "nonce": {"n"}, "state": {"a&b"},
				"login_hint": {"teacher"}, "lti_message_hint": {s.lms.Login("teacher", "room-1").Get("lti_message_hint")},
			}
			request.Set(test.name, test.value)
			answer, err := browser.Post(t.Context(), s.lmsURL+"/auth", request)
			if err != nil {
				t.Fatal(err)
			}
			action, fields, err := ltitest.ReadForm(answer)
			if test.code == "" {
				if err == nil {
					t.Errorf("the tool is told at %s", action)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if action != s.toolURL+"/lti/launch" || fields.Get("error") != test.code || fields.Get("state") != "a&b" || fields.Has("id_token") {
				t.Errorf("answer to %s: %v", action, fields)
			}
		})
	}
}

// A registration with other people and places, and a launch outside of courses.
func TestConfig(t *testing.T) {
	s := newSchool(t, func(c *ltitest.Config) {
		c.Issuer, c.ClientID, c.DeploymentID = "https://other.example", "client & co", "7"
		c.Persons = []ltitest.Person{{Sub: "x", Roles: []string{}}}
		c.Courses = []ltitest.Course{}
		c.Links = []ltitest.Link{{ID: "alone", CourseID: "gone", Custom: map[string]string{"room": "1"}}}
	})
	answer, err := ltitest.NewBrowser(http.DefaultClient).Launch(t.Context(), s.lmsURL, "x", "alone")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if s.refused != nil {
		t.Fatal(s.refused)
	}
	claims, err := s.lms.Claims("x", "alone", "n")
	if err != nil {
		t.Fatal(err)
	}
	for _, absent := range []string{"name", "email", "https://purl.imsglobal.org/spec/lti/claim/context"} {
		if v, found := claims[absent]; found {
			t.Errorf("%s is %v", absent, v)
		}
	}
	if _, err := ltitest.New(ltitest.Config{}); err == nil {
		t.Error("an LMS without addresses was made")
	}
}

func TestRotate(t *testing.T) {
	s := newSchool(t, func(*ltitest.Config) {})
	old := s.lms.Key().KID
	for _, test := range []struct{ overlap, published bool }{{true, true}, {false, false}} {
		if err := s.lms.Rotate(test.overlap); err != nil {
			t.Fatal(err)
		}
		keys := string(s.lms.JWKS())
		if strings.Contains(keys, old) != test.published || !strings.Contains(keys, s.lms.Key().KID) || s.lms.Key().KID == old {
			t.Errorf("overlap %t: %s", test.overlap, keys)
		}
	}
}

// The jar demands what browsers demand.
func TestCookies(t *testing.T) {
	browser := ltitest.NewBrowser(http.DefaultClient)
	home := &url.URL{Scheme: "http", Host: "tool.localhost:1"}
	browser.Client.Jar.SetCookies(home, []*http.Cookie{
		{Name: "__Host-good", Path: "/", Secure: true},
		{Name: "__Host-insecure", Path: "/"},
		{Name: "__Host-elsewhere", Path: "/x", Secure: true},
		{Name: "__Host-domain", Path: "/", Secure: true, Domain: "localhost"},
		{Name: "none", SameSite: http.SameSiteNoneMode},
		{Name: "part", Partitioned: true},
		{Name: "plain", Value: "1"},
		{Name: "gone"}, {Name: "gone", MaxAge: -1},
	})
	var names []string
	for _, c := range browser.Client.Jar.Cookies(home) {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); got != "__Host-good plain" {
		t.Errorf("kept %s", got)
	}
	if others := browser.Client.Jar.Cookies(&url.URL{Scheme: "http", Host: "other.localhost"}); len(others) != 0 {
		t.Errorf("another host is sent %v", others)
	}
}

func TestReplacedKeySet(t *testing.T) {
	s := newSchool(t, func(*ltitest.Config) {})
	s.lms.ReplaceJWKS(http.NotFoundHandler())
	answer, err := ltitest.NewBrowser(http.DefaultClient).Launch(t.Context(), s.lmsURL, "teacher", "room-1")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	var e *lti.Error
	if !errors.As(s.refused, &e) || e.Reason != lti.KeysUnavailable {
		t.Errorf("got %v", s.refused)
	}
}
