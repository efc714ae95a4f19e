package lti_test

import (
	"slices"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
)

func TestPresets(t *testing.T) {
	const school = "https://lms.school.example/learn"
	for _, test := range []struct {
		name  string
		needs string
		want  lti.Platform
	}{
		{"moodle", "client-id url", lti.Platform{
			Issuer: school, AuthURL: school + "/mod/lti/auth.php", TokenURL: school + "/mod/lti/token.php", JWKSURL: school + "/mod/lti/certs.php", Family: "moodle",
		}},
		{"canvas", "client-id", lti.Platform{
			Issuer: "https://canvas.instructure.com", AuthURL: "https://sso.canvaslms.com/api/lti/authorize_redirect",
			TokenURL: "https://sso.canvaslms.com/login/oauth2/token", JWKSURL: "https://sso.canvaslms.com/api/lti/security/jwks", Family: "canvas",
		}},
		{"canvas-beta", "client-id", lti.Platform{
			Issuer: "https://canvas.beta.instructure.com", AuthURL: "https://sso.beta.canvaslms.com/api/lti/authorize_redirect",
			TokenURL: "https://sso.beta.canvaslms.com/login/oauth2/token", JWKSURL: "https://sso.beta.canvaslms.com/api/lti/security/jwks", Family: "canvas",
		}},
		{"canvas-test", "client-id", lti.Platform{
			Issuer: "https://canvas.test.instructure.com", AuthURL: "https://sso.test.canvaslms.com/api/lti/authorize_redirect",
			TokenURL: "https://sso.test.canvaslms.com/login/oauth2/token", JWKSURL: "https://sso.test.canvaslms.com/api/lti/security/jwks", Family: "canvas",
		}},
		{"blackboard", "client-id url", lti.Platform{
			Issuer: "https://blackboard.com", AuthURL: "https://developer.blackboard.com/api/v1/gateway/oidcauth",
			TokenURL: "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
			JWKSURL:  "https://developer.blackboard.com/api/v1/management/applications/c%2F1/jwks.json", Family: "BlackboardLearn",
		}},
		{"brightspace", "client-id url", lti.Platform{
			Issuer: school, AuthURL: school + "/d2l/lti/authenticate", TokenURL: "https://auth.brightspace.com/core/connect/token",
			JWKSURL: school + "/d2l/.well-known/jwks", Audience: "https://api.brightspace.com/auth/token", Family: "desire2learn",
		}},
		{"schoology", "client-id", lti.Platform{
			Issuer: "https://schoology.schoology.com", AuthURL: "https://lti-service.svc.schoology.com/lti-service/authorize-redirect",
			TokenURL: "https://lti-service.svc.schoology.com/lti-service/access-token",
			JWKSURL:  "https://lti-service.svc.schoology.com/lti-service/.well-known/jwks", Family: "schoology",
		}},
		{"sakai", "client-id url token-url jwks-url", lti.Platform{
			Issuer: school, AuthURL: school + "/imsoidc/lti13/oidc_auth", Family: "sakailms.org",
		}},
		{"openedx", "client-id url token-url jwks-url", lti.Platform{
			Issuer: school, AuthURL: school + "/api/lti_consumer/v1/launch/", Family: "openedx",
		}},
		{"ilias", "client-id url", lti.Platform{
			Issuer: school, AuthURL: school + "/ltiauth.php", TokenURL: school + "/ltitoken.php", JWKSURL: school + "/lticerts.php", Family: "ilias.de",
		}},
		{"ilias-9", "client-id url", lti.Platform{
			Issuer: school, AuthURL: school + "/Modules/LTIConsumer/ltiauth.php", TokenURL: school + "/Modules/LTIConsumer/ltitoken.php",
			JWKSURL: school + "/Modules/LTIConsumer/lticerts.php", Family: "ilias.de",
		}},
		{"openolat", "client-id url issuer", lti.Platform{
			AuthURL: school + "/lti/auth", TokenURL: school + "/lti/token", JWKSURL: school + "/lti/keys", Family: "openolat",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, found := lti.FindPreset(test.name)
			if !found {
				t.Fatal("there is none")
			}
			if got := strings.Join(p.Needs(), " "); got != test.needs {
				t.Errorf("needs %q, want %q", got, test.needs)
			}
			base := ""
			if slices.Contains(p.Needs(), lti.NeedURL) {
				base = school + "/"
			}
			got, err := p.Platform(base, "c/1")
			if err != nil {
				t.Fatal(err)
			}
			test.want.ClientID = "c/1"
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if n := len(lti.Presets()); n != 12 {
		t.Errorf("%d presets: each needs a row here", n)
	}
	if _, found := lti.FindPreset("nobody's"); found {
		t.Error("there is a preset of any name")
	}
}

// A preset that one kind of LMS is registered by says of it what its stand-in
// says, where the stand-in has an issuer of its own.
func TestPresetsAreOfTheStandIns(t *testing.T) {
	for _, profile := range ltitest.Profiles()[1:] {
		i := slices.IndexFunc(lti.Presets(), func(p lti.Preset) bool { return p.LMS == profile.Name || strings.HasPrefix(p.LMS, profile.Name) })
		if i < 0 {
			t.Errorf("there is no preset for %s", profile.Name)
			continue
		}
		p := lti.Presets()[i]
		if p.Shared != (profile.Issuer != "") {
			t.Errorf("%s: shared %t", p.LMS, p.Shared)
		}
		if !p.Shared {
			continue
		}
		got, err := p.Platform("https://lms.school.example", "c1")
		if err != nil || got.Issuer != profile.Issuer {
			t.Errorf("%s: issuer %q, want %q (%v)", p.LMS, got.Issuer, profile.Issuer, err)
		}
	}
}

// Where an issuer is shared, pages are at each school's own address.
func TestFrames(t *testing.T) {
	for _, test := range []struct {
		preset, school string
		want           []string
	}{
		{"moodle", "https://moodle.school.example", nil},
		{"canvas", "", []string{"https://*.instructure.com"}},
		{"canvas-test", "https://canvas.school.example/courses", []string{"https://*.instructure.com", "https://canvas.school.example"}},
		{"blackboard", "https://learn.school.example:8443", []string{"https://*.blackboard.com", "https://learn.school.example:8443"}},
		{"schoology", "", []string{"https://*.schoology.com"}},
	} {
		p, _ := lti.FindPreset(test.preset)
		if diff := cmp.Diff(test.want, p.Frames(test.school)); diff != "" {
			t.Errorf("%s at %q (-want +got):\n%s", test.preset, test.school, diff)
		}
	}
}

// What the presets ask for is what launches are read by.
func TestPresetsAskForWhatIsRead(t *testing.T) {
	read := []string{lti.CustomTimezone, lti.CustomContextHistory, lti.CustomLinkHistory, lti.CustomGroups}
	for _, p := range lti.Presets() {
		for name, value := range p.Custom {
			if !slices.Contains(read, name) || !strings.HasPrefix(value, "$") {
				t.Errorf("%s: %s=%s", p.Name, name, value)
			}
		}
	}
}

func TestSchoolAddresses(t *testing.T) {
	moodle, _ := lti.FindPreset("moodle")
	canvas, _ := lti.FindPreset("canvas")
	for _, test := range []struct {
		preset        lti.Preset
		address, want string // issuer, or what is said
	}{
		{moodle, "https://lms.example", "https://lms.example"},
		{moodle, "https://lms.example/", "https://lms.example"},
		{moodle, "http://lms.localhost:8000/moodle//", "http://lms.localhost:8000/moodle"},
		{moodle, "", "missing"},
		{moodle, "lms.example", "not the address"},
		{moodle, "ftp://lms.example", "not the address"},
		{moodle, "https://admin:secret@lms.example", "not the address"},
		{moodle, "https://lms.example/a b", "not the address"},
		{moodle, "https://lms.example/?redirect=0", "of a page"},
		{moodle, "https://lms.example/#top", "of a page"},
		{moodle, "https://lms.example/login/index.php", "of a page"},
		{canvas, "", "https://canvas.instructure.com"},
		{canvas, "https://canvas.school.example", "https://canvas.instructure.com"},
		{canvas, "canvas.school.example", "not the address"},
	} {
		p, err := test.preset.Platform(test.address, "c1")
		if err == nil && p.Issuer != test.want || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s at %q: issuer %q, %v; want %q", test.preset.Name, test.address, p.Issuer, err, test.want)
		}
	}
}
