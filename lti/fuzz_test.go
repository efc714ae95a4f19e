package lti_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// FuzzVerify signs whatever comes: a platform may send anything. What is
// accepted keeps the promises of Launch.
func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	a := w.begin(f)
	header, err := json.Marshal(a.header)
	if err != nil {
		f.Fatal(err)
	}
	seeds := payloads(f)
	seeds["ltitest"] = a.claims
	for _, payload := range seeds {
		for _, name := range []string{"iss", "aud", "nonce", "iat", "exp", claim + "target_link_uri"} {
			payload[name] = a.claims[name]
		}
		data, err := json.Marshal(payload)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(header, data)
	}
	key := w.lms.Key().Private
	f.Fuzz(func(t *testing.T, header, payload []byte) {
		form := url.Values{"state": a.form["state"], "id_token": {ltitest.Sign(header, payload, key)}}
		launch, err := w.tool.Verify(t.Context(), form, a.cookies)
		if err != nil {
			if !errors.As(err, new(*lti.Error)) || strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("refused with %q", err)
			}
			return
		}
		checkPromises(t, launch)
	})
}

func checkPromises(t *testing.T, l *lti.Launch) {
	texts := []string{
		l.Subject, l.DeploymentID, l.ResourceLink.ID, l.Name, l.GivenName, l.FamilyName, l.Email, l.Locale,
		l.ResourceLink.Title, l.ResourceLink.Description, l.Presentation.Locale, l.Presentation.DocumentTarget,
		l.ToolPlatform.GUID, l.ToolPlatform.Name, l.ToolPlatform.Family, l.ToolPlatform.Version, l.TargetLinkURI, l.Presentation.ReturnURL,
	}
	if l.Context != nil {
		texts = append(append(texts, l.Context.ID, l.Context.Label, l.Context.Title), l.Context.Type...)
	}
	for name, value := range l.Custom {
		texts = append(texts, name, value)
	}
	for _, r := range l.Roles {
		texts = append(texts, r.Raw, r.Principal, r.Sub)
	}
	for _, s := range texts {
		if strings.ToValidUTF8(s, "") != s || strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("unclean text %q", s)
		}
	}
	if !l.Anonymous && l.Subject == "" || l.DeploymentID == "" || len(l.Subject) > 255 {
		t.Errorf("subject %q, deployment %q", l.Subject, l.DeploymentID)
	}
	if l.TargetLinkURI != "" && !strings.HasPrefix(strings.ToLower(l.TargetLinkURI), toolAt) {
		t.Errorf("target %q", l.TargetLinkURI)
	}
}

// FuzzParseRole: a role is in the course only if it was said to be.
func FuzzParseRole(f *testing.F) {
	for _, payload := range payloads(f) {
		for _, role := range payload[claim+"roles"].([]any) {
			f.Add(role.(string))
		}
	}
	for _, role := range []string{"Instructor", "urn:lti:role:ims/lis/Instructor/Lecturer", "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor#TeachingAssistant"} {
		f.Add(role)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		r := lti.ParseRole(raw)
		lower := strings.ToLower(raw)
		named := strings.Contains(lower, "/membership") || strings.Contains(lower, "urn:lti:role:") || !strings.ContainsAny(raw, ":#/")
		if r.Scope == lti.ContextScope && !named {
			t.Errorf("%q is taken for a role in the course", raw)
		}
		if (r.Scope == lti.UnknownScope) != (r.Principal == "") {
			t.Errorf("scope %q, principal %q", r.Scope, r.Principal)
		}
		if strings.ContainsAny(r.Principal+r.Sub, "#/") {
			t.Errorf("principal %q, sub %q", r.Principal, r.Sub)
		}
	})
}
