package ltitest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"

	"classbridge/lti"
)

// opening is a launch that has begun: somebody clicked.
type opening struct {
	Person  string `json:"-"`
	Link    string `json:"link,omitempty"`
	Course  string `json:"course,omitempty"`  // in deep linking, where there is no link yet
	Message string `json:"message,omitempty"` // empty: a resource link
}

// openings are kept until they are used by LMSs that let a hint be used once.
type openings struct {
	mu   sync.Mutex
	kept map[string]opening // by login_hint and lti_message_hint
}

func (o *openings) put(key string, one opening) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept == nil {
		o.kept = make(map[string]opening)
	}
	o.kept[key] = one
}

func (o *openings) take(key string) (one opening, found bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	one, found = o.kept[key]
	delete(o.kept, key)
	return one, found
}

// open makes the login initiation of an opening.
func (l *LMS) open(o opening) url.Values {
	way := l.Profile.Login
	login := url.Values{
		"iss":               {l.Issuer},
		"client_id":         {l.ClientID},
		"lti_deployment_id": {l.DeploymentID},
		"login_hint":        {l.loginHint(o)},
		"target_link_uri":   {l.targetOf(o.Link)},
	}
	if hint := l.messageHint(o); hint != "" {
		login.Set("lti_message_hint", hint)
	}
	if way.StorageTarget != "" {
		login.Set("lti_storage_target", way.StorageTarget)
	}
	if way.hint != nil {
		l.openings.put(openingKey(login), o)
	}
	return login
}

func openingKey(form url.Values) string {
	return form.Get("login_hint") + "\n" + form.Get("lti_message_hint")
}

func (l *LMS) loginHint(o opening) string {
	subject := l.Subject(o.Person)
	if !l.Profile.Login.SignedHint {
		return subject
	}
	return l.IDToken(map[string]any{"sub": subject, "jti": rand.Text()})
}

// messageHint names the launch. Without a hint of the profile's it is JSON, as
// Moodle's: quotes and braces show whether a tool sends it back as it was.
func (l *LMS) messageHint(o opening) string {
	if l.Profile.Login.hint != nil {
		return l.Profile.Login.hint(l.LinkID(o.Link), rand.Text())
	}
	data, _ := json.Marshal(o) // strings only
	return string(data)
}

// opened is what an authorization request answers to.
func (l *LMS) opened(form url.Values) (o opening, found bool) {
	if l.Profile.Login.hint != nil {
		return l.openings.take(openingKey(form))
	}
	if json.Unmarshal([]byte(form.Get("lti_message_hint")), &o) != nil {
		return o, false // not ours
	}
	o.Person = form.Get("login_hint")
	if o.Message == lti.DeepLinkingRequest {
		_, found = l.school.course(o.Course)
		return o, found
	}
	_, err := l.school.link(o.Link)
	return o, err == nil
}

// targetOf is where a link leads.
func (l *LMS) targetOf(link string) string {
	if k, err := l.school.link(link); err == nil && k.URL != "" {
		return k.URL
	}
	return l.target()
}

// loggedIn reports whether login_hint is somebody of the LMS. Who it is, the
// opening says.
func (l *LMS) loggedIn(hint string) bool {
	if l.Profile.Login.SignedHint {
		return hint != ""
	}
	_, err := l.school.person(hint)
	return err == nil
}

// DeepLinkLogin is the login initiation of a person who chooses content for a
// course.
func (l *LMS) DeepLinkLogin(person, course string) url.Values {
	return l.open(opening{Person: person, Course: course, Message: lti.DeepLinkingRequest})
}

// serveDeepLink is GET /deep-link: what the LMS shows when somebody adds content
// of the tool to a course.
func (l *LMS) serveDeepLink(w http.ResponseWriter, r *http.Request) {
	person, course := r.FormValue("person"), r.FormValue("course")
	if _, err := l.school.person(person); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if _, found := l.school.course(course); !found {
		http.NotFound(w, r)
		return
	}
	l.initiate(w, r, l.DeepLinkLogin(person, course))
}
