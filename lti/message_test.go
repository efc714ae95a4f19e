package lti_test

import (
	"strings"
	"testing"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

const deepLinkingSettings = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"

// deepLinking makes a deep linking request of the launch, with settings changed.
func deepLinking(changes map[string]any) func(*attempt) {
	return func(a *attempt) {
		settings := map[string]any{
			"deep_link_return_url":                 "https://lms.example/return?course=2&sesskey=x",
			"accept_types":                         []string{"ltiResourceLink", "link"},
			"accept_presentation_document_targets": []string{"iframe", "window"},
		}
		for name, value := range changes {
			if value == nil {
				delete(settings, name)
				continue
			}
			settings[name] = value
		}
		a.claims[claim+"message_type"] = lti.DeepLinkingRequest
		a.claims[deepLinkingSettings] = settings
		delete(a.claims, claim+"resource_link")
	}
}

func TestDeepLinkingRefusals(t *testing.T) {
	w := newWorld(t)
	w.platforms.change("p1", func(p *lti.Platform) { p.OnPremises = true })
	tests := []struct {
		name    string
		changes map[string]any
	}{
		{"M5 no deep_link_return_url", map[string]any{"deep_link_return_url": nil}},
		{"M5 return to a script", map[string]any{"deep_link_return_url": "javascript:alert(1)"}},
		{"M5 return to a password", map[string]any{"deep_link_return_url": "https://user:pass@lms.example/"}},
		{"M5 no accept_types", map[string]any{"accept_types": nil}},
		{"M5 empty accept_types", map[string]any{"accept_types": []string{}}},
		{"M5 no accept_presentation_document_targets", map[string]any{"accept_presentation_document_targets": nil}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.begin(t)
			deepLinking(test.changes)(a)
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != lti.DeepLinkingInvalid || got.Status() != 401 {
				t.Errorf("reason %q", got)
			}
		})
	}
}

func TestDeepLinkingRequest(t *testing.T) {
	w := newWorld(t)
	data := "  as it came \u0001 <b>"
	tests := []struct {
		name    string
		changes map[string]any
		want    lti.DeepLinking
	}{
		{"required members only", nil, lti.DeepLinking{}},
		{"all members", map[string]any{
			"accept_multiple": true, "accept_lineitem": "true", "auto_create": false, "accept_media_types": "image/*,text/html",
			"title": "Pick\na room", "text": "please", "data": data,
		}, lti.DeepLinking{
			AcceptMultiple: true, AcceptLineItem: true, AcceptMediaType: "image/*,text/html",
			Title: "Pick a room", Text: "please", Data: &data,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			launch := w.mustVerify(t, all(deepLinking(test.changes), drop(claim+"target_link_uri")))
			test.want.ReturnURL = "https://lms.example/return?course=2&sesskey=x"
			test.want.AcceptTypes = []string{"ltiResourceLink", "link"}
			test.want.AcceptTargets = []string{"iframe", "window"}
			if diff := cmp.Diff(&test.want, launch.DeepLinking); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if launch.MessageType != lti.DeepLinkingRequest || launch.ResourceLink != (lti.ResourceLink{}) {
				t.Errorf("message %q, link %v", launch.MessageType, launch.ResourceLink)
			}
		})
	}
}

// M26: addresses that we may have to call.
func TestServiceAddresses(t *testing.T) {
	const nrps, ags = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice", "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
	tests := []struct {
		name       string
		onPremises bool
		address    string
		taken      bool
	}{
		{"https", false, "https://lms.example/members?x=1", true},
		{"http of a public platform", false, "http://lms.example/members", false},
		{"http on premises", true, "http://lms.local/members", true},
		{"file", true, "file:///etc/passwd", false},
		{"without host", true, "https:///members", false},
		{"relative", true, "/members", false},
		{"with a password", true, "https://a:b@lms.example/", false},
		{"with a line break", true, "https://lms.example/\n", false},
		{"very long", true, "https://lms.example/" + strings.Repeat("x", 5000), false},
		{"empty", true, "", false},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.platforms.change("p1", func(p *lti.Platform) { p.OnPremises = true })
			a := w.begin(t)
			a.claims[nrps] = map[string]any{"context_memberships_url": test.address, "service_versions": []string{"1.0", "2.0"}}
			a.claims[ags] = map[string]any{"lineitems": test.address, "lineitem": test.address, "scope": []string{"a"}}
			if !test.onPremises {
				w.platforms.change("p1", func(p *lti.Platform) { p.OnPremises, p.JWKSURL = false, w.publicJWKS(t) })
				defer w.platforms.change("p1", func(p *lti.Platform) { *p = w.lms.Platform("p1") })
			}
			launch, err := w.verify(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			var wantNRPS *lti.NRPS
			var wantAGS *lti.AGS
			if test.taken {
				wantNRPS = &lti.NRPS{MembershipsURL: test.address, Versions: []string{"1.0", "2.0"}}
				wantAGS = &lti.AGS{Scopes: []string{"a"}, LineItems: test.address, LineItem: test.address}
			}
			if diff := cmp.Diff(wantNRPS, launch.NRPS); diff != "" {
				t.Errorf("NRPS: -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(wantAGS, launch.AGS); diff != "" {
				t.Errorf("AGS: -want +got:\n%s", diff)
			}
		})
	}
}

// C17: where the registration allows it, a launch without a subject is one of
// nobody: no name, no role, no service.
func TestAnonymousLaunch(t *testing.T) {
	w := newWorld(t)
	w.platforms.change("p1", func(p *lti.Platform) { p.AllowAnonymous = true })
	launch := w.mustVerify(t, all(drop("sub"),
		set("https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice", map[string]any{"context_memberships_url": "https://lms.example/m"}),
		set(claim+"lis", map[string]any{"person_sourcedid": "x"})))
	if !launch.Anonymous || launch.Subject != "" || launch.Name != "" || launch.Email != "" || launch.Roles != nil || launch.NRPS != nil || launch.LIS != (lti.LIS{}) {
		t.Errorf("an anonymous launch says more than it may: %+v", launch)
	}
	if launch.Context == nil || launch.ResourceLink.ID != "room-1" {
		t.Errorf("context %v, link %v", launch.Context, launch.ResourceLink)
	}
	a := w.begin(t)
	a.claims["sub"] = ""
	if _, err := w.verify(t.Context(), a); reason(t, err) != lti.SubjectInvalid {
		t.Errorf("C18 an empty subject is not an anonymous one: %v", err)
	}
}

// M22: variables that the platform did not know, and values that are no strings.
func TestCustomParameters(t *testing.T) {
	w := newWorld(t)
	launch := w.mustVerify(t, set(claim+"custom", map[string]any{
		"room": "r1", "empty": "", "number": 5.5, "yes": true, "nothing": nil, "list": []int{1}, "object": map[string]any{},
		"unknown": "$Person.name.full", "other": "$Moodle.Person.userGroupIds", "price": "$5.00", "dollar": "$", "text": "$Person and more",
		"lines": "a\nb\x00c", "history": strings.Repeat("1234567890,", 3000),
	}))
	want := map[string]string{
		"room": "r1", "empty": "", "number": "5.5", "yes": "true", "price": "$5.00", "dollar": "$", "text": "$Person and more",
		"lines": "a bc", "history": strings.Repeat("1234567890,", 3000),
	}
	if diff := cmp.Diff(want, launch.Custom); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// M27: what people typed into the LMS.
func TestTextsAreCleaned(t *testing.T) {
	tests := []struct {
		name, title, want string
	}{
		{"plain", "Algebra 101", "Algebra 101"},
		{"HTML stays, it is escaped where it is shown", "<b>R&amp;D</b>", "<b>R&amp;D</b>"},
		{"lines become blanks", " Algebra\r\n\t101\u2028x ", "Algebra   101 x"},
		{"control characters go", "Al\x00ge\x1bbra\u0085", "Algebra"},
		{"overrides of direction go", "Algebra \u202Egnp.exe\u2066", "Algebra gnp.exe"},
		{"marks of direction stay", "\u200Fאלגברה\u200E (1)", "\u200Fאלגברה\u200E (1)"},
		{"joiners stay", "👩‍🏫 नमस्ते", "👩‍🏫 नमस्ते"},
		{"cut at characters, not bytes", strings.Repeat("ü", 300), strings.Repeat("ü", 255)},
		{"broken surrogate", "a\ufffdb", "a\ufffdb"},
	}
	w := newWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			launch := w.mustVerify(t, all(
				in(claim+"resource_link", "title", test.title),
				in(claim+"context", "title", test.title),
				set("name", test.title)))
			if launch.ResourceLink.Title != test.want || launch.Context.Title != test.want {
				t.Errorf("title %q, want %q", launch.ResourceLink.Title, test.want)
			}
			if len([]rune(launch.Name)) > 200 || !strings.HasPrefix(test.want, launch.Name) {
				t.Errorf("name %q", launch.Name)
			}
		})
	}
}

func TestLaunchHoldsWhatWasSent(t *testing.T) {
	w := newWorld(t)
	launch := w.mustVerify(t, set(claim+"lis", map[string]any{
		"person_sourcedid": "sis-1", "course_section_sourcedid": "sis-2", "course_offering_sourcedid": "sis-3",
	}))
	want := &lti.Launch{
		Platform: w.lms.Platform("p1"), Cookies: launch.Cookies, Nonce: launch.Nonce,
		NonceExpires: w.Now().Add(11 * 60e9), IssuedAt: w.Now(),
		MessageType: lti.ResourceLinkRequest, DeploymentID: "1", TargetLinkURI: toolAt + "/lti/launch",
		Subject: "teacher", Name: "Terry Teacher", GivenName: "Terry", FamilyName: "Teacher", Email: "terry@school.example", Locale: "en",
		Roles:        []lti.Role{{Scope: lti.ContextScope, Principal: "Instructor", Raw: "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"}},
		Context:      &lti.Context{ID: "algebra", Label: "ALG101", Title: "Algebra 101", Type: []string{"http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"}},
		ResourceLink: lti.ResourceLink{ID: "room-1", Title: "Weekly class"},
		Presentation: lti.Presentation{Locale: "en", DocumentTarget: "iframe", ReturnURL: w.server.URL + "/"},
		LIS:          lti.LIS{PersonSourcedID: "sis-1", CourseSectionSourcedID: "sis-2", CourseOfferingSourcedID: "sis-3"},
		ToolPlatform: lti.ToolPlatform{GUID: "https://lms.example", Name: "Example LMS", Family: "ltitest", Version: "1"},
		Custom:       map[string]string{},
		NRPS:         &lti.NRPS{MembershipsURL: w.lms.MembersURL("algebra"), Versions: []string{"2.0"}},
		AGS: &lti.AGS{
			LineItems: w.lms.LineItemsURL("algebra"),
			Scopes:    []string{lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore},
		},
		Groups: &lti.Groups{GroupsURL: w.lms.GroupsURL("algebra"), Scopes: []string{lti.ScopeGroups}},
		Notices: &lti.Notices{
			URL: w.server.URL + "/notices", Scopes: []string{lti.ScopeNoticeHandlers},
			Types: []string{lti.HelloWorldNotice, lti.ContextCopyNotice},
		},
	}
	if diff := cmp.Diff(want, launch); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
