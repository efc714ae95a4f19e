package classroom_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

const (
	ctx    = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
	sub    = "http://purl.imsglobal.org/vocab/lis/v2/membership/"
	inst   = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
	sys    = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
	ltisys = "http://purl.imsglobal.org/vocab/lti/system/person#"
)

// TestDecideEachRole holds one row for each word of the vocabulary: what it gives
// alone, and the switch that changes it.
func TestDecideEachRole(t *testing.T) {
	const mod, viewer = true, false
	tests := []struct {
		prefix    string
		words     string
		moderator bool
		counted   bool
		by        classroom.RoleSwitch // changes it, empty: nothing does
		why       string
	}{
		{ctx, "Administrator", mod, true, "", "course_administrator"},
		{sub + "Administrator#", "Administrator Developer Support SystemAdministrator", mod, true, "", "course_administrator"},
		{sub + "Administrator#", "ExternalDeveloper ExternalSupport ExternalSystemAdministrator", viewer, true, classroom.ExternalAdministrators, "course_external_administrator"},
		{ctx, "ContentDeveloper", mod, true, classroom.ContentDevelopers, "course_content_developer"},
		{sub + "ContentDeveloper#", "ContentDeveloper ContentExpert", mod, true, classroom.ContentDevelopers, "course_content_developer"},
		{sub + "ContentDeveloper#", "ExternalContentExpert Librarian", viewer, true, "", "course_content_helper"},
		{ctx, "Instructor", mod, true, "", "course_instructor"},
		{sub + "Instructor#", "PrimaryInstructor SecondaryInstructor Lecturer Instructor", mod, true, "", "course_instructor"},
		{sub + "Instructor#", "TeachingAssistant TeachingAssistantGroup TeachingAssistantOffering TeachingAssistantSection TeachingAssistantSectionAssociation TeachingAssistantTemplate", mod, true, classroom.TeachingAssistants, "course_teaching_assistant"},
		{sub + "Instructor#", "Grader", viewer, true, classroom.Graders, "course_grader"},
		{sub + "Instructor#", "GuestInstructor ExternalInstructor", mod, true, classroom.GuestInstructors, "course_guest_instructor"},
		{ctx, "Learner", viewer, true, "", "course_learner"},
		{sub + "Learner#", "Learner NonCreditLearner ExternalLearner GuestLearner Instructor", viewer, true, "", "course_learner"},
		{ctx, "Manager", mod, true, classroom.CourseManagers, "course_manager"},
		{sub + "Manager#", "CourseCoordinator Manager", mod, true, classroom.CourseManagers, "course_manager"},
		{sub + "Manager#", "AreaManager", viewer, true, "", "course_area_manager"},
		{sub + "Manager#", "Observer ExternalObserver", viewer, false, "", "course_observer"},
		{ctx, "Member", viewer, true, "", "course_member"},
		{sub + "Member#", "Member", viewer, true, "", "course_member"},
		{ctx, "Mentor", viewer, false, "", "course_mentor"},
		{sub + "Mentor#", "Advisor Auditor Mentor Reviewer ExternalAdvisor ExternalAuditor ExternalLearningFacilitator ExternalMentor ExternalReviewer ExternalTutor", viewer, false, "", "course_mentor"},
		{sub + "Mentor#", "Tutor LearningFacilitator", mod, true, classroom.Tutors, "course_tutor"},
		{ctx, "Officer", viewer, true, classroom.Officers, "course_officer"},
		{sub + "Officer#", "Chair Communications Secretary Treasurer Vice-Chair", viewer, true, classroom.Officers, "course_officer"},

		{inst, "Instructor Faculty", viewer, true, classroom.InstitutionTeachers, "institution_role"},
		{inst, "Staff Student Learner Member Guest Alumni ProspectiveStudent Other None", viewer, true, "", "institution_role"},
		{inst, "Mentor Observer", viewer, false, "", "institution_role"},
		{inst, "Administrator", mod, false, classroom.InstitutionAdmins, "institution_admin_switch"},
		{sys, "Administrator SysAdmin AccountAdmin", mod, false, classroom.SystemAdmins, "system_admin_switch"},
		{sys, "SysSupport Creator", viewer, false, "", "system_role"},
		{sys, "User None", viewer, true, "", "system_role"},
		{ltisys, "TestUser", viewer, false, "", "test_user"},

		{"", "Instructor instructor", mod, true, "", "course_instructor"},
		{"", "TeachingAssistant", mod, true, classroom.TeachingAssistants, "course_teaching_assistant"},
		{"", "ContentDeveloper", mod, true, classroom.ContentDevelopers, "course_content_developer"},
		{"", "Administrator", mod, true, "", "course_administrator"},
		{"", "Learner Student", viewer, true, "", "course_learner"},
		{"", "Mentor", viewer, false, "", "course_mentor"},
		{"", "Faculty Staff Teacher Admin", viewer, true, "", "unknown_role"},
		{"urn:lti:role:ims/lis/", "Instructor Instructor/Lecturer", mod, true, "", "course_instructor"},
		{"urn:lti:role:ims/lis/", "TeachingAssistant TeachingAssistant/TeachingAssistantSection", mod, true, classroom.TeachingAssistants, "course_teaching_assistant"},
		{"urn:lti:role:ims/lis/", "Learner Learner/Instructor", viewer, true, "", "course_learner"},
		{"urn:lti:instrole:ims/lis/", "Instructor Faculty", viewer, true, classroom.InstitutionTeachers, "institution_role"},
		{"urn:lti:instrole:ims/lis/", "Administrator", mod, false, classroom.InstitutionAdmins, "institution_admin_switch"},
		{"urn:lti:sysrole:ims/lis/", "SysAdmin", mod, false, classroom.SystemAdmins, "system_admin_switch"},
		{ctx + "Instructor#", "TeachingAssistant", mod, true, classroom.TeachingAssistants, "course_teaching_assistant"}, // Sakai
		{sub + "instructor#", "TeachingAssistant", mod, true, classroom.TeachingAssistants, "course_teaching_assistant"}, // Canvas
		{"http://purl.imsglobal.org/vocab/lis/v2/person#", "Administrator", mod, false, classroom.InstitutionAdmins, "institution_admin_switch"},
		{"https://lms.example/roles#", "Instructor Administrator", viewer, true, "", "unknown_role"},
		{ctx, "Headmaster", viewer, true, "", "unknown_role"},
	}
	for _, test := range tests {
		for word := range strings.FieldsSeq(test.words) {
			t.Run(test.prefix+word, func(t *testing.T) {
				roles := lti.ParseRoles([]string{test.prefix + word})
				got := classroom.RolePolicy{}.Decide(roles)
				if got.Moderator != test.moderator || got.Counted != test.counted || got.Why != test.why {
					t.Errorf("moderator %t, counted %t, why %q; want %t, %t, %q",
						got.Moderator, got.Counted, got.Why, test.moderator, test.counted, test.why)
				}
				for _, s := range classroom.RoleSwitches() {
					turned := classroom.RolePolicy{Switches: map[classroom.RoleSwitch]bool{s: !s.Default()}}.Decide(roles)
					if changed := turned.Moderator != got.Moderator; changed != (s == test.by) {
						t.Errorf("turning %s: moderator %t, was %t", s, turned.Moderator, got.Moderator)
					}
				}
			})
		}
	}
}

func TestDecideTogether(t *testing.T) {
	off := func(s ...classroom.RoleSwitch) classroom.RolePolicy { return turned(false, s...) }
	tests := map[string]struct {
		policy    classroom.RolePolicy
		roles     []string
		moderator bool
		counted   bool
		name, why string
	}{
		"no roles":                             {roles: nil, counted: true, why: "no_role"},
		"unknown beside known":                 {roles: []string{"https://lms.example/x", ctx + "Instructor"}, moderator: true, counted: true, name: "Instructor", why: "course_instructor"},
		"learner and teacher":                  {roles: []string{ctx + "Learner", ctx + "Instructor"}, moderator: true, counted: true, name: "Instructor", why: "course_instructor"},
		"learner, mentor":                      {roles: []string{ctx + "Mentor", ctx + "Learner"}, counted: true, name: "Learner", why: "course_learner"},
		"Canvas learner who teaches elsewhere": {roles: []string{inst + "Instructor", inst + "Faculty", ctx + "Learner", sys + "User"}, counted: true, name: "Learner", why: "course_learner"},
		"learner who teaches elsewhere, on":    {policy: turned(true, classroom.InstitutionTeachers), roles: []string{inst + "Instructor", ctx + "Learner"}, counted: true, name: "Learner", why: "course_learner"},
		"Open edX instructor":                  {roles: []string{inst + "Instructor"}, counted: true, name: "Instructor", why: "institution_role"},
		"Open edX instructor, on":              {policy: turned(true, classroom.InstitutionTeachers), roles: []string{inst + "Instructor"}, moderator: true, counted: true, name: "Instructor", why: "institution_role"},
		"Open edX learner, on":                 {policy: turned(true, classroom.InstitutionTeachers), roles: []string{inst + "Student"}, counted: true, name: "Student", why: "institution_role"},
		"Canvas account admin":                 {roles: []string{inst + "Administrator", sys + "User"}, moderator: true, name: "Administrator", why: "institution_admin_switch"},
		"Canvas account admin, off":            {policy: off(classroom.InstitutionAdmins), roles: []string{sys + "User", inst + "Administrator"}, name: "Administrator", why: "institution_admin_switch"},
		"Canvas account admin who teaches":     {roles: []string{inst + "Administrator", sys + "User", ctx + "Instructor"}, moderator: true, counted: true, name: "Instructor", why: "course_instructor"},
		"admin who learns":                     {roles: []string{inst + "Administrator", ctx + "Learner"}, counted: true, name: "Learner", why: "course_learner"},
		"Canvas student view":                  {roles: []string{ctx + "Learner", ltisys + "TestUser"}, name: "Learner", why: "course_learner"},
		"test user who teaches":                {roles: []string{ctx + "Instructor", ltisys + "TestUser"}, moderator: true, name: "Instructor", why: "course_instructor"},
		"test user of the institution":         {roles: []string{inst + "Student", ltisys + "TestUser"}, name: "Student", why: "institution_role"},
		"Canvas TA":                            {roles: []string{ctx + "Instructor", sub + "Instructor#TeachingAssistant"}, moderator: true, counted: true, name: "TeachingAssistant", why: "course_teaching_assistant"},
		"Canvas TA, off":                       {policy: off(classroom.TeachingAssistants), roles: []string{ctx + "Instructor", sub + "Instructor#TeachingAssistant"}, counted: true, name: "TeachingAssistant", why: "course_teaching_assistant"},
		"grader with principal":                {roles: []string{ctx + "Instructor", sub + "Instructor#Grader"}, counted: true, name: "Grader", why: "course_grader"},
		"observer with principal":              {roles: []string{ctx + "Manager", sub + "Manager#Observer"}, name: "Observer", why: "course_observer"},
		"Moodle teacher":                       {roles: []string{ctx + "Instructor"}, moderator: true, counted: true, name: "Instructor", why: "course_instructor"},
		"Moodle admin":                         {roles: []string{inst + "Administrator", ctx + "Instructor", sys + "Administrator"}, moderator: true, name: "Instructor", why: "course_instructor"},
		"Moodle admin, counted":                {policy: turned(true, classroom.CountSystemAdmins), roles: []string{inst + "Administrator", ctx + "Instructor", sys + "Administrator"}, moderator: true, counted: true, name: "Instructor", why: "course_instructor"},
		"admins, both switches off":            {policy: off(classroom.InstitutionAdmins, classroom.SystemAdmins), roles: []string{inst + "Administrator", sys + "Administrator"}, name: "Administrator", why: "institution_admin_switch"},
		"Canvas group leader":                  {roles: []string{ctx + "Member", ctx + "Manager"}, moderator: true, counted: true, name: "Manager", why: "course_manager"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := test.policy.Decide(lti.ParseRoles(test.roles))
			want := classroom.Standing{Moderator: test.moderator, Counted: test.counted, RoleName: test.name, Why: test.why, Role: got.Role}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// No mix of roles of the institution and the system makes a moderator, but by the
// three switches that say so.
func TestOnlyCourseRolesModerate(t *testing.T) {
	policy := turned(true, classroom.RoleSwitches()...)
	policy.Switches[classroom.InstitutionAdmins] = false
	policy.Switches[classroom.SystemAdmins] = false
	policy.Switches[classroom.InstitutionTeachers] = false
	prefixes := []string{inst, sys, ltisys, "urn:lti:instrole:ims/lis/", "urn:lti:sysrole:ims/lis/", "http://purl.imsglobal.org/vocab/lis/v2/person#", "https://other.example#"}
	words := strings.Fields("Instructor Faculty Administrator SysAdmin AccountAdmin Staff Mentor Creator SysSupport User TestUser Manager Lecturer Teacher Student")
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var roles []string
		for range 1 + random.IntN(5) {
			roles = append(roles, prefixes[random.IntN(len(prefixes))]+words[random.IntN(len(words))])
		}
		if policy.Decide(lti.ParseRoles(roles)).Moderator {
			t.Fatalf("a moderator by %q", roles)
		}
	}
}

func TestRolePolicyIsStoredAsJSON(t *testing.T) {
	for _, policy := range []classroom.RolePolicy{{}, turned(true, classroom.Graders)} {
		data, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		var back classroom.RolePolicy
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(policy, back); diff != "" {
			t.Errorf("%s:\n%s", data, diff)
		}
	}
}

func turned(on bool, switches ...classroom.RoleSwitch) classroom.RolePolicy {
	p := classroom.RolePolicy{Switches: make(map[classroom.RoleSwitch]bool)}
	for _, s := range switches {
		p.Switches[s] = on
	}
	return p
}
