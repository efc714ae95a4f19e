package ltitest

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"classbridge/lti"
)

// LMS is one platform with one registration of the tool.
type LMS struct {
	Config

	mux *http.ServeMux

	school    *school
	gradebook *gradebook
	openings  openings
	choices   openings // of content, by the key of the return address
	tokens    tokens
	traffic   traffic
	toolKeys  toolKeys
	handlers  handlers
	signups   signups

	mu        sync.Mutex
	key       lti.ToolKey     // signs
	made      time.Time       // when key was
	published []lti.PublicKey // key set, the newest first
	jwks      http.Handler    // instead of the key set; nil: the key set
}

// New makes the LMS and its first key.
func New(c Config) (*LMS, error) {
	if c.URL == "" || c.ToolURL == "" {
		return nil, errors.New("ltitest: URL and ToolURL are needed")
	}
	c = c.withDefaults()
	l := &LMS{Config: c, mux: http.NewServeMux(), school: newSchool(c), gradebook: newGradebook(c.Links)}
	l.route()
	if c.Key.Private != nil {
		l.signWith(c.Key, false)
		return l, nil
	}
	return l, l.Rotate(false)
}

func (l *LMS) route() {
	l.handle("launch", "GET /launch", l.serveLaunch)
	l.handle("auth", "GET /auth", l.serveAuth)
	l.handle("auth", "POST /auth", l.serveAuth)
	l.handle("jwks", "GET /jwks", l.serveJWKS)
	l.handle("token", "POST /token", l.serveToken)
	l.routeRoster()
	l.routeGrades()
	l.routeGroups()
	l.routeNotices()
	l.routeDeepLinking()
	l.routeRegistration()
	l.routeStorage()
}

func (l *LMS) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.mux.ServeHTTP(w, r) }

// Platform is the registration to give to the tool, under the tool's id for it.
func (l *LMS) Platform(id string) lti.Platform {
	return lti.Platform{
		ID: id, Issuer: l.Issuer, ClientID: l.ClientID, OnPremises: true,
		AuthURL: l.at("/auth"), TokenURL: l.at("/token"), JWKSURL: l.at("/jwks"),
		Audience: l.audience(), Family: l.Profile.Family, AllowAnonymous: l.Privacy.Anonymous,
	}
}

// Login is the login initiation of a person who clicks a link, as it is sent to
// the tool's /lti/login.
func (l *LMS) Login(person, link string) url.Values {
	return l.open(opening{Person: person, Link: link})
}

// serveLaunch is GET /launch: what the LMS shows when somebody clicks a link.
func (l *LMS) serveLaunch(w http.ResponseWriter, r *http.Request) {
	person, link := r.FormValue("person"), r.FormValue("link")
	if _, err := l.school.person(person); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if _, err := l.school.link(link); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	l.initiate(w, r, l.Login(person, link))
}

// initiate sends the browser to the tool's login in the way of the profile.
func (l *LMS) initiate(w http.ResponseWriter, r *http.Request, login url.Values) {
	way := l.Profile.Login
	switch {
	case l.pending():
		http.Error(w, "the tool has not been activated", http.StatusForbidden)
	case way.Method == http.MethodPost:
		writeForm(w, l.tool("/lti/login"), login)
	case way.Twice:
		writeTwice(w, l.tool("/lti/login")+"?"+login.Encode())
	default:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, l.tool("/lti/login")+"?"+login.Encode(), http.StatusFound)
	}
}

func (l *LMS) at(path string) string   { return strings.TrimSuffix(l.URL, "/") + path }
func (l *LMS) tool(path string) string { return strings.TrimSuffix(l.ToolURL, "/") + path }

// audience of client assertions; empty where it is the token URL.
func (l *LMS) audience() string {
	if l.Profile.Access.Audience == "" {
		return ""
	}
	return l.at(l.Profile.Access.Audience)
}

func (l *LMS) target() string { return l.tool("/lti/launch") }
