package lti_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"classbridge/lti"
)

func TestClaimRefusals(t *testing.T) {
	w := newWorld(t)
	now := w.Now().Unix()
	const client = "classbridge-client"
	tests := []struct {
		name   string
		change func(*attempt)
		want   lti.Reason
		status int
	}{
		{"C1 iss missing", drop("iss"), lti.IssuerMismatch, 401},
		{"C1 iss of another", set("iss", "https://evil.example"), lti.IssuerMismatch, 401},
		{"C1 iss with a slash more", set("iss", "https://lms.example/"), lti.IssuerMismatch, 401},
		{"C1 iss is a list", set("iss", []string{"https://lms.example"}), lti.IssuerMismatch, 401},
		{"C2 aud missing", drop("aud"), lti.AudienceMismatch, 401},
		{"C2 aud of another", set("aud", "other"), lti.AudienceMismatch, 401},
		{"C2 aud list without us", set("aud", []string{"other"}), lti.AudienceMismatch, 401},
		{"C2 aud empty list", set("aud", []string{}), lti.AudienceMismatch, 401},
		{"C2 aud list with a number", set("aud", []any{client, 5}), lti.AudienceMismatch, 401},
		{"C4 others in aud", all(set("aud", []string{client, "other"}), set("azp", client)), lti.AudienceUntrusted, 401},
		{"C5 two in aud, no azp", set("aud", []string{client, client}), lti.PartyMissing, 401},
		{"C6 azp of another", set("azp", "other"), lti.PartyMismatch, 401},
		{"C6 azp empty", set("azp", ""), lti.PartyMismatch, 401},
		{"C6 azp is a number", set("azp", 5), lti.PartyMismatch, 401},
		{"C7 exp missing", drop("exp"), lti.ExpiryMissing, 401},
		{"C7 exp null", set("exp", nil), lti.ExpiryMissing, 401},
		{"C8 exp past the leeway", set("exp", now-60), lti.Expired, 401},
		{"C9 iat missing", drop("iat"), lti.IssuedMissing, 401},
		{"C10 iat past the leeway", set("iat", now+61), lti.IssuedInFuture, 401},
		{"C11 iat before the login", set("iat", now-61), lti.IssuedTooEarly, 401},
		{"C11 iat a year old", all(set("iat", now-365*86400), set("exp", now+60)), lti.IssuedTooEarly, 401},
		{"C12 nbf in the future", set("nbf", now+61), lti.NotYetValid, 401},
		{"C13 exp a string", set("exp", "1795354837"), lti.DateInvalid, 401},
		{"C13 iat negative", set("iat", -1), lti.DateInvalid, 401},
		{"C13 exp huge", set("exp", 1e300), lti.DateInvalid, 401},
		{"C13 exp beyond float64", set("exp", json.Number("1e999")), lti.DateInvalid, 401},
		{"C13 exp an object", set("exp", map[string]any{}), lti.DateInvalid, 401},
		{"C13 nbf true", set("nbf", true), lti.DateInvalid, 401},
		{"C14 nonce missing", drop("nonce"), lti.NonceMissing, 401},
		{"C15 nonce of another login", func(a *attempt) { a.claims["nonce"] = w.begin(t).claims["nonce"] }, lti.NonceMismatch, 401},
		{"C17 sub missing", drop("sub"), lti.SubjectMissing, 401},
		{"C17 sub null", set("sub", nil), lti.SubjectMissing, 401},
		{"C18 sub empty", set("sub", ""), lti.SubjectInvalid, 401},
		{"C18 sub too long", set("sub", strings.Repeat("x", 256)), lti.SubjectInvalid, 401},
		{"C18 sub a number", set("sub", 5), lti.SubjectInvalid, 401},
		{"C18 sub with NUL", set("sub", "a\x00b"), lti.SubjectInvalid, 401},

		{"M1 version missing", drop(claim + "version"), lti.VersionMissing, 401},
		{"M2 version other", set(claim+"version", "1.3"), lti.VersionUnsupported, 401},
		{"M3 message_type missing", drop(claim + "message_type"), lti.MessageTypeMissing, 401},
		{"M4 message_type unknown", set(claim+"message_type", "LtiSubmissionReviewRequest"), lti.MessageTypeUnsupported, 400},
		{"M5 deep linking without settings", set(claim+"message_type", lti.DeepLinkingRequest), lti.DeepLinkingMissing, 401},
		{"M6 deployment_id missing", drop(claim + "deployment_id"), lti.DeploymentMissing, 401},
		{"M8 deployment_id too long", set(claim+"deployment_id", strings.Repeat("1", 256)), lti.DeploymentInvalid, 401},
		{"M8 deployment_id empty", set(claim+"deployment_id", ""), lti.DeploymentInvalid, 401},
		{"M9 target_link_uri missing", drop(claim + "target_link_uri"), lti.LaunchTargetMissing, 401},
		{"M10 target_link_uri elsewhere", set(claim+"target_link_uri", "https://evil.example/"), lti.LaunchTargetForeign, 401},
		{"M11 resource_link missing", drop(claim + "resource_link"), lti.ResourceLinkMissing, 401},
		{"M11 resource_link a string", set(claim+"resource_link", "5"), lti.ResourceLinkMissing, 401},
		{"M11 resource_link null", set(claim+"resource_link", nil), lti.ResourceLinkMissing, 401},
		{"M11 resource_link without id", set(claim+"resource_link", map[string]any{"title": "x"}), lti.ResourceLinkInvalid, 401},
		{"M12 resource_link.id empty", in(claim+"resource_link", "id", ""), lti.ResourceLinkInvalid, 401},
		{"M12 resource_link.id too long", in(claim+"resource_link", "id", strings.Repeat("5", 256)), lti.ResourceLinkInvalid, 401},
		{"M13 roles missing", drop(claim + "roles"), lti.RolesMissing, 401},
		{"M17 roles null", set(claim+"roles", nil), lti.RolesInvalid, 401},
		{"M17 roles an object", set(claim+"roles", map[string]any{}), lti.RolesInvalid, 401},
		{"M17 a thousand roles", set(claim+"roles", make([]string, 1000)), lti.RolesInvalid, 401},
		{"M19 context without id", set(claim+"context", map[string]any{"title": "x"}), lti.ContextInvalid, 401},
		{"M19 context.id too long", in(claim+"context", "id", strings.Repeat("5", 256)), lti.ContextInvalid, 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.begin(t)
			test.change(a)
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != test.want || got.Status() != test.status {
				t.Errorf("reason %q, status %d; want %q, %d: %v", got, got.Status(), test.want, test.status, err)
			}
		})
	}
	// A token that is refused for its claims costs no signature check and no keys.
	t.Run("claims before keys", func(t *testing.T) {
		fresh := newWorld(t)
		a := fresh.begin(t)
		a.claims["exp"] = 1
		if _, err := fresh.verify(t.Context(), a); reason(t, err) != lti.Expired || fresh.lms.JWKSRequests() != 0 {
			t.Errorf("%v after %d requests for keys", err, fresh.lms.JWKSRequests())
		}
	})
}

func TestClaimsAccepted(t *testing.T) {
	w := newWorld(t)
	now := w.Now().Unix()
	const client = "classbridge-client"
	tests := []struct {
		name   string
		change func(*attempt)
		check  func(*testing.T, *lti.Launch)
	}{
		{"C3 aud a list of us", set("aud", []string{client}), nil},
		{"C5 two in aud that are us, with azp", all(set("aud", []string{client, client}), set("azp", client)), nil},
		{"C6 azp is us", set("azp", client), nil},
		{"C6 azp null", set("azp", nil), nil},
		{"C8 exp within the leeway", set("exp", now-59), nil},
		{"C10 iat within the leeway", set("iat", now+60), nil},
		{"C11 iat within the leeway of the login", set("iat", now-60), nil},
		{"C12 nbf within the leeway", set("nbf", now+60), nil},
		{"C13 iat and exp with fractions", all(set("iat", float64(now)+0.25), set("exp", json.Number("2e9"))), func(t *testing.T, l *lti.Launch) {
			if want := w.Now().Add(250 * time.Millisecond); !l.IssuedAt.Equal(want) {
				t.Errorf("issued at %s, want %s", l.IssuedAt, want)
			}
		}},
		{"C13 exp at the end of time", set("exp", int64(math.MaxInt32)), nil},
		{"C18 sub of 255", set("sub", strings.Repeat("x", 255)), nil},
		{"M14 roles empty", set(claim+"roles", []string{}), wantRoles()},
		{"M15 roles unknown", set(claim+"roles", []string{"https://lms.example/x"}), wantRoles("")},
		{"M16 roles short", set(claim+"roles", []string{"Instructor", "Learner"}), wantRoles("Instructor", "Learner")},
		{"M17 roles a lone string", set(claim+"roles", "Instructor"), wantRoles("Instructor")},
		{"M17 roles with a number", set(claim+"roles", []any{5, "Learner"}), wantRoles("Learner")},
		{"M18 no context", drop(claim + "context"), func(t *testing.T, l *lti.Launch) {
			if l.Context != nil {
				t.Errorf("context %v", l.Context)
			}
		}},
		{"M18 context null", set(claim+"context", nil), nil},
		{"M18 context as PHP's empty list", set(claim+"context", []string{}), nil},
		{"M20 context.type short", in(claim+"context", "type", []string{"CourseSection"}), wantType("CourseSection")},
		{"M20 context.type a URN", in(claim+"context", "type", []string{"urn:lti:context-type:ims/lis/CourseSection"}), wantType("urn:lti:context-type:ims/lis/CourseSection")},
		{"M21 no name and no e-mail", all(drop("name"), drop("given_name"), drop("family_name"), drop("email")), wantName("", "")},
		{"M21 parts of the name only", all(drop("name"), drop("email")), wantName("Terry Teacher", "")},
		{"M21 family name only", all(drop("name"), drop("given_name"), drop("email")), wantName("Teacher", "")},
		{"M21 names withheld by a dash", all(set("name", "-"), set("given_name", "-"), set("family_name", "-"), drop("email")), wantName("", "")},
		{"M21 name a number", all(set("name", 5), set("email", []string{"x"})), wantName("Terry Teacher", "")},
		{"M23 unknown claims", all(set("https://lms.example/claim", map[string]any{"a": []int{1}}), set("picture", 5)), nil},
		{"M24 return_url a script", in(claim+"launch_presentation", "return_url", "javascript:alert(1)"), wantReturn("")},
		{"M24 return_url data", in(claim+"launch_presentation", "return_url", "data:text/html,x"), wantReturn("")},
		{"M24 return_url with a line break", in(claim+"launch_presentation", "return_url", "https://lms.example/\r\nx"), wantReturn("")},
		{"M24 return_url http", in(claim+"launch_presentation", "return_url", "http://lms.example/course?sesskey=x"), wantReturn("http://lms.example/course?sesskey=x")},
		{"M25 mentored people without the role", set(claim+"role_scope_mentor", []string{"5"}), wantRoles("Instructor")},
		{"locale of the presentation", all(drop("locale"), in(claim+"launch_presentation", "locale", "de_AT")), func(t *testing.T, l *lti.Launch) {
			if l.Locale != "de_AT" {
				t.Errorf("locale %q", l.Locale)
			}
		}},
		{"empty objects as PHP's lists", all(set(claim+"custom", []any{}), set(claim+"lis", []any{}), set(claim+"tool_platform", []any{}), set(claim+"launch_presentation", []any{})), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			launch := w.mustVerify(t, test.change)
			if test.check != nil {
				test.check(t, launch)
			}
		})
	}
}

func wantRoles(principals ...string) func(*testing.T, *lti.Launch) {
	return func(t *testing.T, l *lti.Launch) {
		var got []string
		for _, r := range l.Roles {
			got = append(got, r.Principal)
		}
		if strings.Join(got, ",") != strings.Join(principals, ",") {
			t.Errorf("roles %q, want %q", got, principals)
		}
	}
}

func wantType(want string) func(*testing.T, *lti.Launch) {
	return func(t *testing.T, l *lti.Launch) {
		if len(l.Context.Type) != 1 || l.Context.Type[0] != want {
			t.Errorf("type %q, want %q", l.Context.Type, want)
		}
	}
}

func wantName(name, email string) func(*testing.T, *lti.Launch) {
	return func(t *testing.T, l *lti.Launch) {
		if l.Name != name || l.Email != email {
			t.Errorf("name %q, e-mail %q; want %q, %q", l.Name, l.Email, name, email)
		}
	}
}

func wantReturn(want string) func(*testing.T, *lti.Launch) {
	return func(t *testing.T, l *lti.Launch) {
		if l.Presentation.ReturnURL != want {
			t.Errorf("return URL %q, want %q", l.Presentation.ReturnURL, want)
		}
	}
}

// jsonOf decodes what a test has as text.
func jsonOf(t *testing.T, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
