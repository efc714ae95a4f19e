package lti_test

import (
	"strings"
	"testing"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

func TestParseRole(t *testing.T) {
	const (
		lis      = "http://purl.imsglobal.org/vocab/lis/v2/"
		course   = lti.ContextScope
		school   = lti.InstitutionScope
		system   = lti.SystemScope
		unknown  = lti.UnknownScope
		longName = 300
	)
	tests := []struct {
		raw            string
		scope          lti.Scope
		principal, sub string
	}{
		{lis + "membership#Instructor", course, "Instructor", ""},
		{lis + "membership/Instructor#TeachingAssistant", course, "Instructor", "TeachingAssistant"},
		{lis + "membership/Learner#Instructor", course, "Learner", "Instructor"},
		{lis + "membership#Headmaster", course, "Headmaster", ""},
		{lis + "institution/person#Faculty", school, "Faculty", ""},
		{lis + "system/person#SysAdmin", system, "SysAdmin", ""},
		{"http://purl.imsglobal.org/vocab/lti/system/person#TestUser", system, "TestUser", ""},

		// What platforms get wrong, or LTI once had otherwise.
		{lis + "membership#Instructor#TeachingAssistant", course, "Instructor", "TeachingAssistant"},
		{lis + "membership/instructor#TeachingAssistant", course, "Instructor", "TeachingAssistant"},
		{lis + "membership/Instructor", course, "Instructor", ""},
		{lis + "person#Administrator", school, "Administrator", ""},
		{" " + lis + "membership#Learner\n", course, "Learner", ""},
		{"HTTP://purl.imsglobal.org/vocab/lis/v2/membership#Learner", course, "Learner", ""},
		{"urn:lti:role:ims/lis/Learner", course, "Learner", ""},
		{"urn:lti:role:ims/lis/Instructor/Lecturer", course, "Instructor", "Lecturer"},
		{"urn:lti:role:ims/lis/TeachingAssistant", course, "Instructor", "TeachingAssistant"},
		{"urn:lti:role:ims/lis/TeachingAssistant/TeachingAssistantGroup", course, "Instructor", "TeachingAssistantGroup"},
		{"urn:lti:instrole:ims/lis/Student", school, "Student", ""},
		{"urn:lti:sysrole:ims/lis/User", system, "User", ""},

		{"Instructor", course, "Instructor", ""},
		{"learner", course, "Learner", ""},
		{"Student", course, "Learner", ""},
		{"TeachingAssistant", course, "Instructor", "TeachingAssistant"},
		{"Administrator", course, "Administrator", ""},

		{"Faculty", unknown, "", ""},
		{"", unknown, "", ""},
		{"#", unknown, "", ""},
		{lis + "membership", unknown, "", ""},
		{lis + "membership#", unknown, "", ""},
		{lis + "membership#a#b#c", unknown, "", ""},
		{lis + "membershipInstructor", unknown, "", ""},
		{"https://lms.example/roles#Instructor", unknown, "", ""},
		{"x" + lis + "membership#Instructor", unknown, "", ""},
		{"Instructor#TeachingAssistant", unknown, "", ""},
		{lis + "membership#" + strings.Repeat("x", longName), unknown, "", ""},
	}
	for _, test := range tests {
		t.Run(test.raw, func(t *testing.T) {
			got := lti.ParseRole(test.raw)
			want := lti.Role{Scope: test.scope, Principal: test.principal, Sub: test.sub, Raw: got.Raw, TestUser: strings.HasSuffix(test.raw, "#TestUser")}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(test.raw) < longName && got.Raw != strings.TrimSpace(test.raw) || len(got.Raw) > longName {
				t.Errorf("raw %q", got.Raw)
			}
		})
	}
}

func TestParseRolesKeepsTheirOrder(t *testing.T) {
	got := lti.ParseRoles([]string{"Learner", "x", "Instructor"})
	if len(got) != 3 || got[0].Principal != "Learner" || got[1].Raw != "x" || got[2].Principal != "Instructor" {
		t.Errorf("got %v", got)
	}
	if none := lti.ParseRoles(nil); len(none) != 0 {
		t.Errorf("got %v", none)
	}
}
