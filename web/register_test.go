package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
	"classbridge/storage/storagetest"
)

// newcomer is an LMS that is not registered yet.
type newcomer struct {
	*ltitest.LMS
	address string
}

func (w *world) newcomer(p ltitest.Profile) newcomer {
	w.Helper()
	n := newcomer{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { n.ServeHTTP(rw, r) }))
	w.Cleanup(server.Close)
	var err error
	n.address = server.URL
	// Canvas's issuer is everybody's; this one is told by its address.
	n.LMS, err = ltitest.New(ltitest.Config{URL: server.URL, ToolURL: w.url, Issuer: server.URL, Now: w.clock.Now, Profile: p})
	w.must(err)
	return n
}

// invite answers the path of a new invitation.
func (w *world) invite(change func(*classroom.Invitation)) string {
	w.Helper()
	i := classroom.Invitation{TenantID: classroom.DefaultTenant, Name: "Our LMS", OnPremises: true}
	if change != nil {
		change(&i)
	}
	i, code := classroom.NewInvitation(i, w.clock.Now(), time.Hour)
	w.must(w.db.CreateInvitation(w.Context(), i))
	return "/lti/register/" + code
}

func pendingInvitation(i *classroom.Invitation) { i.Pending = true }

// opens lets the LMS open the address for its admin.
func (b *browser) opens(n newcomer, path string) *answer {
	b.Helper()
	return b.get(strings.TrimPrefix(n.RegistrationURL(b.url+path), b.url))
}

// signUp goes through the whole registration.
func (b *browser) signUp(n newcomer, path string) *answer {
	b.Helper()
	page := b.opens(n, path).want(http.StatusOK)
	b.submit(page, "form").leads(path)
	return b.get(path).want(http.StatusOK)
}

// registrationOf reads what is stored of the LMS.
func (w *world) registrationOf(n newcomer) (classroom.Platform, bool) {
	w.Helper()
	p, found, err := w.db.LockRegistration(w.Context(), n.Issuer, n.ClientID)
	w.must(err)
	return p, found
}

func TestRegisterEachLMS(t *testing.T) {
	for _, profile := range ltitest.Profiles() {
		if profile.Registration == nil {
			continue
		}
		t.Run(profile.Name, func(t *testing.T) {
			w := newWorld(t)
			n, b, path := w.newcomer(profile), w.browser(), w.invite(nil)

			page := b.opens(n, path).want(http.StatusOK)
			b.opens(n, path).want(http.StatusOK) // Sakai opens twice, and chats look at links
			if n.Signup() != nil {
				t.Fatal("looking at the page has registered")
			}
			if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors") || !strings.Contains(csp, n.address) {
				t.Errorf("the LMS cannot frame the page: %s", csp)
			}
			b.submit(page, "form").leads(path)
			if n.Signup() == nil {
				t.Fatal("nothing was registered")
			}

			p, found := w.registrationOf(n)
			if !found || p.Name != "Our LMS" || p.Pending || !p.OnPremises || p.Family != strings.ToLower(profile.Family) || p.Version != profile.Version ||
				p.Progress.RegisteredAt.IsZero() || p.TenantID != classroom.DefaultTenant {
				t.Errorf("stored: %+v", p)
			}
			if want := n.Platform("").Audience; want != "" && p.Audience != want {
				t.Errorf("audience %q, want %q", p.Audience, want)
			}
			done := b.get(path).want(http.StatusOK).says("register.state.active")
			if len(done.all("#todo li")) < 3 || done.has("#keys") {
				t.Errorf("the page after it: %s", done.text("body"))
			}
			n.Activate()
			b.read(b.Launch(t.Context(), n.address, "teacher", "room-1")).leads("/rooms/")
			if done := b.get(path).text("#progress"); !strings.Contains(done, w.server.Texts.For("en").Text("register.not_yet")) {
				t.Errorf("progress: %s", done)
			}
			if p, _ := w.registrationOf(n); p.Progress.TeacherAt.IsZero() {
				t.Error("the first launch is no progress")
			}
		})
	}
}

// The page says what will be registered, and what the LMS lacks.
func TestOfferSaysWhatItIs(t *testing.T) {
	w := newWorld(t)
	page := w.browser().opens(w.newcomer(ltitest.Moodle()), w.invite(nil)).want(http.StatusOK)
	for _, id := range []string{
		"register.message.open", "register.message.choose", "register.claim.name", "register.claim.email",
		"register.service.roster", "register.service.grades", "register.custom.groups",
	} {
		page.says(id)
	}
	if page.has("#missing") { // groups come by launches
		t.Errorf("what Moodle lacks: %s", page.text("#missing"))
	}
	if custom := page.text("#custom"); !strings.Contains(custom, "user_groups=$Moodle.Person.userGroupIds") || strings.Contains(custom, "ResourceLink.id.history") {
		t.Errorf("custom parameters: %s", custom)
	}
	for _, address := range []string{"/lti/login", "/lti/launch", "/lti/jwks"} {
		if !strings.Contains(page.text("code"), w.url+address) {
			t.Errorf("%s is not shown", address)
		}
	}
}

func TestOfferSaysWhatIsMissing(t *testing.T) {
	w := newWorld(t)
	address := w.badLMS(func(rw http.ResponseWriter, config map[string]any) {
		config["scopes_supported"] = []string{"openid"}
		_ = json.NewEncoder(rw).Encode(config)
	}, nil)
	page := w.browser().get(w.invite(nil) + "?" + url.Values{"openid_configuration": {address + "/config"}}.Encode()).want(http.StatusOK)
	page.says("register.missing.roster").says("register.missing.grades")
	if page.has("#services") {
		t.Errorf("services of an LMS that has none: %s", page.text("#services"))
	}
}

// An address that had too much refused does not make us ask LMSs any more.
func TestRefusedAddressesAskNoLMS(t *testing.T) {
	w := newWorld(t)
	w.clock.stop()
	n, b, path := w.newcomer(ltitest.Moodle()), w.browser(), w.invite(nil)
	for range refusalBurst {
		b.get("/lti/register/unknown")
	}
	b.opens(n, path).want(http.StatusTooManyRequests)
	if got := n.Requests("configuration"); got != 0 {
		t.Errorf("the LMS was asked %d times", got)
	}
}

func TestTokenOfTheLMSStaysInTheForm(t *testing.T) {
	w := newWorld(t)
	n, b, path := w.newcomer(ltitest.Moodle()), w.browser(), w.invite(nil)
	page := b.opens(n, path).want(http.StatusOK)
	token := page.attr("input[name=registration_token]", "value")
	if token == "" || strings.Count(page.body, token) != 1 || strings.Contains(page.attr("form", "action"), token) {
		t.Errorf("the token %q is in the page %d times", token, strings.Count(page.body, token))
	}
	done := b.submit(page, "form").leads(path)
	refused := b.submit(page, "form").want(http.StatusConflict)
	if to := refused.attr(".actions a", "href"); to != path {
		t.Errorf("who presses twice is led to %q, want %q", to, path)
	}
	for name, text := range map[string]string{"address": done.header.Get("Location"), "page": b.get(path).body, "refusal": refused.body} {
		if strings.Contains(text, token) {
			t.Errorf("the token is in the %s", name)
		}
	}
	if lines := w.log.with(token); len(lines) > 0 {
		t.Errorf("the token is in the log: %s", lines)
	}
	if lines := w.log.with(strings.TrimPrefix(path, "/lti/register/")); len(lines) > 0 {
		t.Errorf("the code is in the log: %s", lines)
	}
	if len(w.log.with("platform registered", n.Issuer)) != 1 {
		t.Error("the registration is not in the log once")
	}
}

func TestPersonReadsHowToRegister(t *testing.T) {
	w := newWorld(t)
	path := w.invite(nil)
	page := w.browser().get(path).want(http.StatusOK).says("register.how.moodle").says("register.how.canvas")
	if !strings.Contains(page.text("code"), w.url+path) {
		t.Error("the address is not there to copy")
	}
	if page.has("form") {
		t.Error("there is something to send")
	}
}

func TestInvitationRefusals(t *testing.T) {
	w := newWorld(t)
	n, b := w.newcomer(ltitest.Moodle()), w.browser()
	used, expired, withdrawn := w.invite(nil), w.invite(nil), w.invite(func(i *classroom.Invitation) { i.Name = "withdrawn" })
	b.signUp(n, used)
	all, err := w.db.Invitations(t.Context(), classroom.DefaultTenant)
	w.must(err)
	last := all[slices.IndexFunc(all, func(i classroom.Invitation) bool { return i.Name == "withdrawn" })]
	w.must(w.db.WithdrawInvitation(t.Context(), last.TenantID, last.ID, w.clock.Now()))

	b.opens(n, "/lti/register/abcdefghijklmnopqrstuvwxyz234567").want(http.StatusNotFound).says("error.invitation_unknown")
	b.get("/lti/register/%00%ff").want(http.StatusNotFound).says("error.invitation_unknown")
	b.opens(n, withdrawn).want(http.StatusUnauthorized).says("error.invitation_withdrawn")
	b.opens(w.newcomer(ltitest.Sakai()), used).want(http.StatusConflict).says("error.invitation_used")
	b.opens(n, used).want(http.StatusOK).says("register.progress") // the LMS that used it
	w.clock.forward(time.Hour)
	b.opens(n, expired).want(http.StatusUnauthorized).says("error.invitation_expired")
	b.get(used).want(http.StatusUnauthorized).says("error.invitation_expired")
}

// What is sent must come from the page that was shown for the same invitation,
// configuration and token.
func TestRegisterTakesItsOwnFormOnly(t *testing.T) {
	w := newWorld(t)
	n, b, path := w.newcomer(ltitest.Moodle()), w.browser(), w.invite(nil)
	page := b.opens(n, path)
	other := b.opens(n, w.invite(nil))
	_, good := page.form("form")
	_, foreign := other.form("form")
	for name, change := range map[string]url.Values{
		"no proof":              {"proof": {""}},
		"a forged proof":        {"proof": {good.Get("proof") + "x"}},
		"another invitation":    {"proof": foreign["proof"]},
		"another configuration": {"openid_configuration": {n.address + "/openid-configuration?"}},
		"another token":         {"registration_token": {"another"}},
		"no token":              {"registration_token": {""}},
	} {
		form := url.Values{}
		for key := range good {
			form[key] = good[key]
			if changed, ok := change[key]; ok {
				form[key] = changed
			}
		}
		if a := b.post(path, form); a.status != http.StatusUnauthorized && a.status != http.StatusBadRequest || n.Signup() != nil {
			t.Errorf("%s: status %d", name, a.status)
		}
	}
	cross := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
	b.send("POST", path, good.Encode(), cross).want(http.StatusForbidden)
	w.clock.forward(59 * time.Minute)
	b.post(path, good).leads(path)

	late := w.invite(nil)
	_, form := b.opens(n, late).form("form")
	w.clock.forward(61 * time.Minute)
	b.post(late, form).want(http.StatusUnauthorized)
}

// Of two that send the form at once, one registers.
func TestRegisterOnce(t *testing.T) {
	w := newWorld(t)
	n, path := w.newcomer(ltitest.Brightspace()), w.invite(nil)
	_, form := w.browser().opens(n, path).form("form")
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		statuses []int
	)
	for range 4 {
		wg.Go(func() {
			resp, err := w.browser().Post(t.Context(), w.url+path, form)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			statuses = append(statuses, resp.StatusCode)
		})
	}
	wg.Wait()
	slices.Sort(statuses)
	if want := []int{303, 409, 409, 409}; !slices.Equal(statuses, want) {
		t.Errorf("%v, want %v", statuses, want)
	}
	if got := n.Requests("register"); got != 1 {
		t.Errorf("the LMS was asked %d times", got)
	}
}

// badLMS answers its configuration, and the registration, as the test says.
func (w *world) badLMS(configuration, registration func(rw http.ResponseWriter, config map[string]any)) string {
	w.Helper()
	var address string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		config := map[string]any{
			"issuer": address, "authorization_endpoint": address + "/auth", "token_endpoint": address + "/token",
			"jwks_uri": address + "/jwks", "registration_endpoint": address + "/register",
		}
		switch {
		case r.URL.Path == "/register":
			registration(rw, config)
		case configuration != nil:
			configuration(rw, config)
		default:
			_ = json.NewEncoder(rw).Encode(config)
		}
	}))
	w.Cleanup(server.Close)
	address = server.URL
	return address
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	w.room.Registrar.Timeout = 300 * time.Millisecond
	gate := errors.New("not there")
	w.room.Registrar.Forbidden = []error{gate}
	w.room.Registrar.HTTP = &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, fmt.Errorf("dial: %w", gate) },
	}}
	ended := make(chan struct{})
	defer close(ended)
	with := func(key string, value any) func(http.ResponseWriter, map[string]any) {
		return func(rw http.ResponseWriter, config map[string]any) {
			config[key] = value
			_ = json.NewEncoder(rw).Encode(config)
		}
	}
	for name, test := range map[string]struct {
		serve  func(http.ResponseWriter, map[string]any)
		status int
		text   string
	}{
		"wrong issuer": {with("issuer", "https://moodle.example"), 400, "error.register_issuer"},
		"no key set":   {with("jwks_uri", ""), 400, "error.register_configuration"},
		"a script":     {with("authorization_endpoint", "javascript:alert(1)"), 400, "error.register_configuration"},
		"not JSON":     {func(rw http.ResponseWriter, _ map[string]any) { fmt.Fprint(rw, "<html>") }, 400, "error.register_configuration"},
		"huge": {func(rw http.ResponseWriter, _ map[string]any) { fmt.Fprint(rw, strings.Repeat(" ", 2<<20)) },
			400, "error.register_configuration"},
		"redirect": {func(rw http.ResponseWriter, _ map[string]any) {
			rw.Header().Set("Location", "https://elsewhere.example/")
			rw.WriteHeader(http.StatusFound)
		}, 400, "error.register_issuer"},
		"refused": {func(rw http.ResponseWriter, _ map[string]any) { http.Error(rw, "no such token", http.StatusForbidden) },
			400, "error.register_refused"},
		"not there": {func(rw http.ResponseWriter, _ map[string]any) { http.Error(rw, "no such page", http.StatusNotFound) },
			400, "error.register_configuration"},
		"slow": {func(http.ResponseWriter, map[string]any) { <-ended }, 503, "error.register_unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := url.Values{"openid_configuration": {w.badLMS(test.serve, nil) + "/config"}, "registration_token": {"the-token"}}
			a := w.browser().get(w.invite(nil) + "?" + asked.Encode()).want(test.status).says(test.text)
			if a.has("form") || strings.Contains(a.body, "the-token") {
				t.Errorf("the page offers to register, or shows the token: %s", a.body)
			}
			if len(w.log.with("the-token")) > 0 {
				t.Error("the token is in the log")
			}
			if !strings.Contains(a.header.Get("Content-Security-Policy"), "frame-ancestors http") {
				t.Error("the LMS's admin does not see the refusal")
			}
		})
	}

	for address, text := range map[string]string{
		"https://10.0.0.1/config": "error.register_private", "http://lms.example/config": "error.register_private",
		"ftp://lms.example/config": "error.register_configuration", "config": "error.register_configuration",
	} {
		public := w.invite(func(i *classroom.Invitation) { i.OnPremises = false })
		w.browser().get(public + "?" + url.Values{"openid_configuration": {address}}.Encode()).want(http.StatusBadRequest).says(text)
	}
}

// A registration that the LMS refuses leaves the invitation as it was.
func TestFailedRegistrationGivesTheInvitationBack(t *testing.T) {
	w := newWorld(t)
	refusals := 1
	address := w.badLMS(nil, func(rw http.ResponseWriter, _ map[string]any) {
		if refusals--; refusals >= 0 {
			rw.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(rw, `{"error":"invalid_client_metadata","error_description":"Domain \u003cb\u003eis taken"}`)
			return
		}
		fmt.Fprint(rw, `{"client_id":"new-client"}`)
	})
	b, path := w.browser(), w.invite(nil)
	asked := path + "?" + url.Values{"openid_configuration": {address + "/config"}}.Encode()
	refused := b.submit(b.get(asked).want(http.StatusOK), "form").want(http.StatusBadRequest).says("error.register_refused")
	if !strings.Contains(refused.text("body"), "Domain <b>is taken") {
		t.Errorf("what the LMS says is not shown: %s", refused.text("body"))
	}
	to := b.submit(b.get(asked).want(http.StatusOK), "form").leads(path).header.Get("Location")
	b.get(to).want(http.StatusOK).says("register.keys_missing").says("register.deployments.first") // it has neither
	if p, _, _ := w.db.LockRegistration(t.Context(), address, "new-client"); p.NewDeployments != classroom.DeploymentFirst || p.Pending {
		t.Errorf("an LMS that tells no deployment: %+v", p)
	}
}

// transport answers requests to any host.
type transport http.HandlerFunc

func (h transport) RoundTrip(r *http.Request) (*http.Response, error) {
	rw := httptest.NewRecorder()
	h(rw, r)
	answer := rw.Result()
	answer.Request = r
	return answer, nil
}

// Any school may make deployments where all have the same issuer.
func TestDeploymentsOfASharedIssuer(t *testing.T) {
	w := newWorld(t)
	const issuer = "https://canvas.instructure.com"
	w.room.Registrar.HTTP = &http.Client{Transport: transport(func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(map[string]any{
			"issuer": issuer, "authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/token",
			"jwks_uri": issuer + "/jwks", "registration_endpoint": issuer + "/register", "client_id": "10",
		})
	})}
	b, path := w.browser(), w.invite(func(i *classroom.Invitation) { i.OnPremises = false })
	b.submit(b.get(path+"?openid_configuration="+issuer).want(http.StatusOK), "form")
	b.get(path).want(http.StatusOK).says("register.deployments.shared")
	if p, found, err := w.db.LockRegistration(t.Context(), issuer, "10"); err != nil || !found || p.NewDeployments != classroom.DeploymentPending {
		t.Errorf("%+v, %v, %v", p, found, err)
	}
}

func TestPendingInvitation(t *testing.T) {
	w := newWorld(t)
	n, b, path := w.newcomer(ltitest.Moodle()), w.browser(), w.invite(pendingInvitation)
	b.opens(n, path).says("register.offer.pending")
	b.signUp(n, path).says("register.state.pending")
	n.Activate()
	p, _ := w.registrationOf(n)
	d, found, err := w.db.FindDeployment(t.Context(), p.ID, n.DeploymentID)
	if err != nil || !found || d.State != classroom.DeploymentPending || !p.Pending {
		t.Errorf("platform pending %v, deployment %+v, %v, %v", p.Pending, d, found, err)
	}
	if a := b.read(b.Launch(t.Context(), n.address, "teacher", "room-1")); a.status == http.StatusSeeOther {
		t.Error("a launch was taken before anybody approved")
	}
}

// An LMS that registers again keeps id, history and what the school decided.
func TestRegisterAgain(t *testing.T) {
	w := newWorld(t)
	n, b := w.newcomer(ltitest.Moodle()), w.browser()
	b.signUp(n, w.invite(pendingInvitation))
	first, _ := w.registrationOf(n)
	first.Name, first.Record, first.JWKSURL, first.FrameOrigins = "Renamed", false, "https://old.example/jwks", []string{"https://portal.example"}
	first.RequireName = true
	w.must(w.db.SavePlatform(t.Context(), first))
	w.clock.forward(time.Minute)

	b.signUp(n, w.invite(func(i *classroom.Invitation) { i.Name, i.OnPremises = "Again", true }))
	again, _ := w.registrationOf(n)
	want := first
	want.JWKSURL, want.Pending = n.Platform("").JWKSURL, false
	if again.ID != first.ID || again.Name != "Renamed" || again.Record || !again.RequireName || again.JWKSURL != want.JWKSURL || again.Pending ||
		!slices.Equal(again.FrameOrigins, first.FrameOrigins) || !again.Progress.RegisteredAt.Equal(first.Progress.RegisteredAt) {
		t.Errorf("registered again: %+v", again)
	}
	if d, _, _ := w.db.FindDeployment(t.Context(), again.ID, n.DeploymentID); d.State != classroom.DeploymentActive {
		t.Errorf("its deployment is %s", d.State)
	}
	if len(w.log.with("platform registered", "known_before=true", again.ID)) != 1 {
		t.Error("the update is not in the log")
	}

	w.must(w.db.DisablePlatform(t.Context(), again.TenantID, again.ID))
	b.signUp(n, w.invite(nil)).says("register.state.disabled")
	if p, _ := w.registrationOf(n); !p.Disabled {
		t.Error("an invitation enables what was disabled")
	}
}

// Another school's registration is nobody else's to change.
func TestRegistrationOfAnotherSchool(t *testing.T) {
	w := newWorld(t)
	w.population() // has the tenant "another"
	n, b := w.newcomer(ltitest.Moodle()), w.browser()
	p := classroom.Platform{
		Platform: n.Platform(storagetest.ID()), TenantID: "another", Name: "Theirs",
		Channels: classroom.ChannelNever, NewDeployments: classroom.DeploymentPending, CreatedAt: w.clock.Now(),
	}
	p.JWKSURL = "https://theirs.example/jwks"
	w.must(w.db.CreatePlatform(t.Context(), p, nil))
	path := w.invite(nil)
	b.submit(b.opens(n, path), "form").want(http.StatusForbidden).says("error.register_elsewhere")
	if kept, _ := w.registrationOf(n); kept.JWKSURL != p.JWKSURL || kept.TenantID != "another" {
		t.Errorf("it was changed: %+v", kept)
	}
	b.opens(n, path).want(http.StatusOK) // the invitation is still good
}

// Whoever answers with the client of another LMS, and asks for tokens where that
// one has them, would get them.
func TestRegistrationInTheNameOfAnotherLMS(t *testing.T) {
	w := newWorld(t)
	victim := classroom.Platform{
		Platform: lti.Platform{
			ID: storagetest.ID(), Issuer: "https://victim.example", ClientID: "victims-client", AuthURL: "https://victim.example/auth",
			TokenURL: "https://tokens.victim.example/token", JWKSURL: "https://victim.example/jwks",
		},
		TenantID: classroom.DefaultTenant, Name: "Victim", Disabled: true, CreatedAt: w.clock.Now(),
	}
	w.must(w.db.CreatePlatform(t.Context(), victim, nil))
	client := victim.ClientID
	address := w.badLMS(func(rw http.ResponseWriter, config map[string]any) {
		config["token_endpoint"], config["authorization_server"] = "https://Tokens.Victim.example:443/token?x", "https://tokens.victim.example:443/as"
		_ = json.NewEncoder(rw).Encode(config)
	}, func(rw http.ResponseWriter, _ map[string]any) { fmt.Fprintf(rw, `{"client_id":%q}`, client) })
	b, path := w.browser(), w.invite(nil)
	offer := func() *answer {
		return b.get(path + "?" + url.Values{"openid_configuration": {address + "/config"}}.Encode()).want(http.StatusOK)
	}
	if facts := offer().text("#lms"); !strings.Contains(facts, "https://tokens.victim.example:443/as") {
		t.Errorf("whom assertions are for is not shown: %s", facts)
	}
	b.submit(offer(), "form").want(http.StatusForbidden).says("error.register_mistakable")
	if _, found, err := w.db.LockRegistration(t.Context(), address, client); err != nil || found {
		t.Errorf("registered: %v, %v", found, err)
	}
	client = "its-own" // as schools of Brightspace, which share the server
	b.submit(offer(), "form").leads(path)
}

// What is registered is what the page has shown.
func TestOfferThatChanges(t *testing.T) {
	for _, test := range []struct {
		key   string
		value any
	}{
		{"authorization_endpoint", "https://elsewhere.example/auth"}, {"token_endpoint", "https://elsewhere.example/token"},
		{"jwks_uri", "https://elsewhere.example/jwks"}, {"authorization_server", "ADDRESS/as"},
		{"scopes_supported", []string{lti.ScopeRoster}}, {"claims_supported", []string{"sub"}},
		{"https://purl.imsglobal.org/spec/lti-platform-configuration", map[string]any{"messages_supported": []any{map[string]any{"type": lti.ResourceLinkRequest}}}},
		{"https://purl.imsglobal.org/spec/lti-platform-configuration", map[string]any{"product_family_code": "canvas"}},
	} {
		w := newWorld(t)
		var changed, asked int
		var address string
		address = w.badLMS(func(rw http.ResponseWriter, config map[string]any) {
			config["registration_endpoint"] = fmt.Sprintf("%s/register?once=%d", address, asked) // another each time
			if asked++; asked >= 2 {
				config[test.key] = test.value
			}
			if config["authorization_server"] == "ADDRESS/as" {
				config["authorization_server"] = address + "/as"
			}
			_ = json.NewEncoder(rw).Encode(config)
		}, func(rw http.ResponseWriter, _ map[string]any) { changed++; fmt.Fprint(rw, `{"client_id":"c"}`) })
		b, path := w.browser(), w.invite(nil)
		page := b.get(path + "?" + url.Values{"openid_configuration": {address + "/config"}}.Encode()).want(http.StatusOK)
		again := b.submit(page, "form").want(http.StatusConflict).says("register.offer.changed")
		if page.has("#changed") || changed > 0 {
			t.Errorf("%s: the LMS was changed %d times", test.key, changed)
		}
		b.submit(again, "form").leads(path)
		if changed != 1 {
			t.Errorf("%s: registered %d times", test.key, changed)
		}
	}
}

// The page that opened ours may frame classes later, unless it would weaken https.
func TestOpenerMayFrame(t *testing.T) {
	for _, test := range []struct {
		lms    lti.PlatformConfiguration
		opener string
		want   []string
	}{
		{lti.PlatformConfiguration{Issuer: "https://lms.example", AuthURL: "https://sso.example/auth"}, "https://portal.example", []string{"https://portal.example"}},
		{lti.PlatformConfiguration{Issuer: "https://lms.example", AuthURL: "https://sso.example/auth"}, "https://sso.example/page", nil},
		{lti.PlatformConfiguration{Issuer: "https://lms.example"}, "http://portal.example", nil},
		{lti.PlatformConfiguration{Issuer: "http://lms.example"}, "http://portal.example", []string{"http://portal.example"}},
		{lti.PlatformConfiguration{Issuer: "https://lms.example"}, "javascript:alert(1)", nil},
		{lti.PlatformConfiguration{Issuer: "https://canvas.instructure.com", Family: "canvas"}, "", []string{"https://*.instructure.com"}},
	} {
		if got := classroom.FrameOriginsBeside(&test.lms, test.opener); !slices.Equal(got, test.want) {
			t.Errorf("%s opened by %q: %q, want %q", test.lms.Issuer, test.opener, got, test.want)
		}
	}
	w := newWorld(t)
	n, path := w.newcomer(ltitest.Sakai()), w.invite(nil)
	address := strings.TrimPrefix(n.RegistrationURL(w.url+path), w.url)
	b := w.browser()
	page := b.send("GET", address, "", map[string]string{"Referer": "https://portal.example/add-a-tool"}).want(http.StatusOK)
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "https://portal.example ") {
		t.Errorf("the opener cannot frame the page: %s", csp)
	}
	b.submit(page, "form").leads(path)
	if p, _ := w.registrationOf(n); !slices.Equal(p.FrameOrigins, []string{"https://portal.example"}) {
		t.Errorf("frame origins %q", p.FrameOrigins)
	}
}

func TestCanvasConfiguration(t *testing.T) {
	w := newWorld(t)
	a := w.browser().get("/lti/config.json").want(http.StatusOK)
	var config struct {
		Login string `json:"oidc_initiation_url"`
		Keys  string `json:"public_jwk_url"`
	}
	w.must(json.Unmarshal([]byte(a.body), &config))
	if config.Login != w.url+"/lti/login" || config.Keys != w.url+"/lti/jwks" || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v as %s", config, a.header.Get("Content-Type"))
	}
}
