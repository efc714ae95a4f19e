package ltitest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"classbridge/lti"
)

// LMS is one platform with one registration of the tool.
type LMS struct {
	Config

	mux *http.ServeMux

	mu        sync.Mutex
	key       lti.ToolKey     // signs
	published []lti.PublicKey // key set, the newest first
	jwks      http.Handler    // instead of the key set; nil: the key set
	requests  int             // of the key set
}

// New makes the LMS and its first key.
func New(c Config) (*LMS, error) {
	if c.URL == "" || c.ToolURL == "" {
		return nil, errors.New("ltitest: URL and ToolURL are needed")
	}
	l := &LMS{Config: c.withDefaults(), mux: http.NewServeMux()}
	if err := l.Rotate(false); err != nil {
		return nil, err
	}
	l.mux.HandleFunc("GET /launch", l.serveLaunch)
	l.mux.HandleFunc("GET /auth", l.serveAuth)
	l.mux.HandleFunc("POST /auth", l.serveAuth)
	l.mux.HandleFunc("GET /jwks", l.serveJWKS)
	return l, nil
}

func (l *LMS) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.mux.ServeHTTP(w, r) }

// Platform is the registration to give to the tool, under the tool's id for it.
func (l *LMS) Platform(id string) lti.Platform {
	return lti.Platform{
		ID: id, Issuer: l.Issuer, ClientID: l.ClientID, OnPremises: true,
		AuthURL: l.at("/auth"), TokenURL: l.at("/token"), JWKSURL: l.at("/jwks"),
	}
}

// Login is the login initiation of a person who clicks a link, as it is sent to
// the tool's /lti/login.
func (l *LMS) Login(person, link string) url.Values {
	return url.Values{
		"iss":               {l.Issuer},
		"client_id":         {l.ClientID},
		"lti_deployment_id": {l.DeploymentID},
		"login_hint":        {person},
		"lti_message_hint":  {messageHint(link)},
		"target_link_uri":   {l.target()},
	}
}

// serveLaunch is GET /launch: what the LMS shows when somebody clicks a link.
func (l *LMS) serveLaunch(w http.ResponseWriter, r *http.Request) {
	person, link := r.FormValue("person"), r.FormValue("link")
	if _, err := l.person(person); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if _, err := l.link(link); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	writeForm(w, l.tool("/lti/login"), l.Login(person, link))
}

func (l *LMS) at(path string) string   { return strings.TrimSuffix(l.URL, "/") + path }
func (l *LMS) tool(path string) string { return strings.TrimSuffix(l.ToolURL, "/") + path }
func (l *LMS) target() string          { return l.tool("/lti/launch") }

func (l *LMS) person(sub string) (Person, error) {
	i := slices.IndexFunc(l.Persons, func(p Person) bool { return p.Sub == sub })
	if i < 0 {
		return Person{}, fmt.Errorf("ltitest: no person %q", sub)
	}
	return l.Persons[i], nil
}

func (l *LMS) link(id string) (Link, error) {
	i := slices.IndexFunc(l.Links, func(k Link) bool { return k.ID == id })
	if i < 0 {
		return Link{}, fmt.Errorf("ltitest: no link %q", id)
	}
	return l.Links[i], nil
}

func (l *LMS) course(id string) (Course, bool) {
	i := slices.IndexFunc(l.Courses, func(c Course) bool { return c.ID == id })
	if i < 0 || id == "" {
		return Course{}, false
	}
	return l.Courses[i], true
}
