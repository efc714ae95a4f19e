package lti_test

import (
	"testing"

	"classbridge/lti"
)

// The launches of the LTI Advantage certification guide, §6.1: what a tool must
// refuse, and what it must accept of an instructor and of a student.

func TestCertificationKnownBad(t *testing.T) {
	w := newWorld(t)
	now := w.Now().Unix()
	bad := []struct {
		name   string
		change func(*attempt)
	}{
		{"no KID in the header", func(a *attempt) { delete(a.header, "kid") }},
		{"incorrect KID", func(a *attempt) { a.header["kid"] = "imstester_66067" }},
		{"wrong LTI version", set(claim+"version", "11.3")},
		{"no LTI version", drop(claim + "version")},
		{"invalid LTI message", func(a *attempt) { a.form.Set("id_token", `{"name":"badltilaunch"}`) }},
		{"missing LTI claims", func(a *attempt) {
			for name := range a.claims {
				if len(name) > 20 {
					delete(a.claims, name)
				}
			}
		}},
		{"timestamps incorrect", all(set("iat", 11111), set("exp", 22222))},
		{"timestamps in the future", all(set("iat", now+86400), set("exp", now+86460))},
		{"message type missing", drop(claim + "message_type")},
		{"roles missing", drop(claim + "roles")},
		{"deployment id missing", drop(claim + "deployment_id")},
		{"resource link id missing", in(claim+"resource_link", "id", nil)},
		{"user missing", drop("sub")},
	}
	for _, test := range bad {
		t.Run(test.name, func(t *testing.T) {
			a := w.begin(t)
			test.change(a)
			_, err := w.verify(t.Context(), a)
			if status := reason(t, err).Status(); err == nil || status < 400 || status > 499 {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
}

func TestCertificationKnownGood(t *testing.T) {
	const ctx = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
	w := newWorld(t)
	for _, short := range []string{"Instructor", "Learner"} {
		noName := all(drop("name"), drop("given_name"), drop("family_name"))
		good := []struct {
			name   string
			role   string // in the course
			change func(*attempt)
		}{
			{"plain", short, unchanged},
			{"several roles", short, set(claim+"roles", []string{ctx + short, "http://purl.imsglobal.org/vocab/lis/v2/institution/person#" + short, "http://purl.imsglobal.org/vocab/lis/v2/system/person#User"})},
			{"short role", short, set(claim+"roles", []string{short})},
			{"unknown role", "", set(claim+"roles", []string{"http://purl.imsglobal.org/vocab/lis/v2/unknown/unknown#Helper"})},
			{"no role", "", set(claim+"roles", []string{})},
			{"e-mail only", short, noName},
			{"names only", short, drop("email")},
			{"nothing about the person", short, all(noName, drop("email"))},
			{"e-mail without context", short, all(noName, drop(claim+"context"))},
		}
		for _, test := range good {
			t.Run(short+" "+test.name, func(t *testing.T) {
				launch := w.mustVerify(t, all(set(claim+"roles", []string{ctx + short}), test.change))
				if got := courseRole(launch.Roles); got != test.role {
					t.Errorf("role %q, want %q", got, test.role)
				}
				if launch.Subject != "teacher" || launch.MessageType != lti.ResourceLinkRequest {
					t.Errorf("subject %q, message %q", launch.Subject, launch.MessageType)
				}
			})
		}
	}
}

func courseRole(roles []lti.Role) string {
	for _, r := range roles {
		if r.Scope == lti.ContextScope {
			return r.Principal
		}
	}
	return ""
}
