package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
)

func newPlatform(t *testing.T) classroom.Platform {
	t.Helper()
	var lms *ltitest.LMS
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { lms.ServeHTTP(rw, r) }))
	t.Cleanup(s.Close)
	lms, err := ltitest.New(ltitest.Config{URL: s.URL, ToolURL: "http://localhost", Now: time.Now})
	must(t, err)
	p := lms.Platform("p1")
	p.OnPremises = true
	return classroom.Platform{Platform: p, Name: "LMS"}
}

func TestCheckKeys(t *testing.T) {
	prohibited := errors.New("prohibited address")
	refused := func(err error) *http.Client {
		return &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}}
	}
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	secure.Config.ErrorLog = quiet()
	for _, test := range []struct {
		name  string
		spoil func(*Doctor, *classroom.Platform)
		state State
		id    string
	}{
		{"good", func(*Doctor, *classroom.Platform) {}, OK, "doctor.lms.keys"},
		{"no https", func(_ *Doctor, p *classroom.Platform) { p.OnPremises = false }, Failed, "doctor.lms.keys_address"},
		{"not there", func(_ *Doctor, p *classroom.Platform) { p.JWKSURL = page(t, 404, "") }, Failed, "doctor.lms.keys_status"},
		{"a page", func(_ *Doctor, p *classroom.Platform) { p.JWKSURL = page(t, 200, "<html>Log in") }, Failed, "doctor.lms.keys_page"},
		{"nonsense", func(_ *Doctor, p *classroom.Platform) { p.JWKSURL = page(t, 200, "keys") }, Failed, "doctor.lms.keys_nonsense"},
		{"empty", func(_ *Doctor, p *classroom.Platform) { p.JWKSURL = page(t, 200, `{"keys":[]}`) }, Failed, "doctor.lms.keys_empty"},
		{"gone", func(_ *Doctor, p *classroom.Platform) { p.JWKSURL = gone(t) }, Failed, "doctor.lms.keys_closed"},
		{"private", func(d *Doctor, _ *classroom.Platform) { d.OnPremisesHTTP = refused(prohibited) }, Failed, "doctor.lms.keys_private"},
		{"no such name", func(d *Doctor, _ *classroom.Platform) { d.OnPremisesHTTP = refused(&net.DNSError{IsNotFound: true}) }, Failed, "doctor.lms.keys_name"},
		{"certificate", func(_ *Doctor, p *classroom.Platform) { p.JWKSURL = secure.URL }, Failed, "doctor.lms.keys_certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, _ := newDoctor(t, "http://localhost")
			d.Forbidden = []error{prohibited}
			p := newPlatform(t)
			test.spoil(d, &p)
			wantFound(t, d.CheckKeys(t.Context(), p), test.state, test.id)
		})
	}
}

func TestCheckToken(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		state      State
		id         string
	}{
		{"good", `{"access_token":"t","token_type":"Bearer","expires_in":60}`, 200, OK, "doctor.lms.token"},
		{"no scope is ours", `{"error":"invalid_scope"}`, 400, OK, "doctor.lms.token"},
		{"bad client", `{"error":"invalid_client"}`, 400, Failed, "doctor.lms.token_client"},
		{"refused", `{"error":"invalid_request"}`, 400, Failed, "doctor.lms.token_refused"},
		{"not there", "<html>", 404, Failed, "doctor.lms.token_path"},
		{"a page", "<html>", 200, Failed, "doctor.lms.token_page"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, _ := newDoctor(t, "http://localhost")
			p := classroom.Platform{Name: "LMS", Platform: lti.Platform{ID: "p1", ClientID: "tool", TokenURL: page(t, test.status, test.body), OnPremises: true}}
			wantFound(t, d.CheckToken(t.Context(), p), test.state, test.id)
		})
	}
	d, _ := newDoctor(t, "http://localhost")
	for id, p := range map[string]lti.Platform{
		"doctor.lms.token_closed":  {TokenURL: gone(t), OnPremises: true},
		"doctor.lms.token_private": {TokenURL: "http://10.0.0.1/token"},
	} {
		wantFound(t, d.CheckToken(t.Context(), classroom.Platform{Platform: p}), Failed, id)
	}
	wantFound(t, d.CheckToken(t.Context(), classroom.Platform{}), Skipped, "doctor.lms.token_none")
}

func TestCheckDeployments(t *testing.T) {
	d, store := newDoctor(t, "http://localhost")
	p := classroom.Platform{Name: "LMS"}
	store.deployed = []classroom.Deployment{{DeploymentID: "1", State: classroom.DeploymentActive}}
	wantFound(t, d.CheckDeployments(t.Context(), p), OK, "doctor.lms.deployments")
	store.deployed = append(store.deployed, classroom.Deployment{DeploymentID: "seven", State: classroom.DeploymentPending})
	r := d.CheckDeployments(t.Context(), p)
	wantFound(t, r, Warning, "doctor.lms.waiting")
	if !strings.Contains(r.What.Values["Deployments"], "seven") {
		t.Errorf("which one is not said: %v", r.What.Values)
	}
	p.Pending = true
	wantFound(t, d.CheckDeployments(t.Context(), p), Warning, "doctor.lms.pending")
}
