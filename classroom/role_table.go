package classroom

import (
	"slices"
	"strings"

	"classbridge/lti"
)

// RoleSwitch names a decision about roles that a school may take differently.
type RoleSwitch string

// The switches of a RolePolicy. All but the last say that these people moderate.
const (
	TeachingAssistants     RoleSwitch = "teaching_assistants"     // on
	GuestInstructors       RoleSwitch = "guest_instructors"       // on: guest and external instructors
	ContentDevelopers      RoleSwitch = "content_developers"      // on: Canvas calls them designers
	CourseManagers         RoleSwitch = "course_managers"         // on: managers, coordinators, leaders of Canvas groups
	Tutors                 RoleSwitch = "tutors"                  // on: tutors and learning facilitators
	InstitutionAdmins      RoleSwitch = "institution_admins"      // on, where they have no role in the course
	SystemAdmins           RoleSwitch = "system_admins"           // on, where they have no role in the course
	Graders                RoleSwitch = "graders"                 // off
	Officers               RoleSwitch = "officers"                // off
	ExternalAdministrators RoleSwitch = "external_administrators" // off

	// InstitutionTeachers moderate without a role in the course. It is off, because
	// who teaches somewhere does not teach here; Open edX, which names no other
	// role in launches and means this course, has it on.
	InstitutionTeachers RoleSwitch = "institution_teachers"

	// CountSystemAdmins says that system administrators who come as instructors
	// are enrolled. It is off, because Moodle and Sakai make them instructors
	// wherever they look; a school whose administrators teach turns it on.
	CountSystemAdmins RoleSwitch = "count_system_admins"
)

// RoleSwitches are all of them, in the order in which to show them.
func RoleSwitches() []RoleSwitch {
	return []RoleSwitch{
		TeachingAssistants, GuestInstructors, ContentDevelopers, CourseManagers, Tutors,
		InstitutionAdmins, SystemAdmins, Graders, Officers, ExternalAdministrators, InstitutionTeachers, CountSystemAdmins,
	}
}

// Default is how a switch stands that nobody touched: the least privilege with
// which the usual classes work.
func (s RoleSwitch) Default() bool {
	switch s {
	case TeachingAssistants, GuestInstructors, ContentDevelopers, CourseManagers, Tutors, InstitutionAdmins, SystemAdmins:
		return true
	}
	return false
}

const whySystemAdmin = "system_admin_switch"

// roleRow says what some roles of the vocabulary (LTI Core §A.2) give. Without
// words it holds for the principal and for the sub-roles that no other row names.
type roleRow struct {
	scope     lti.Scope
	principal string     // of context roles
	words     []string   // sub-roles of the principal, or roles outside the course
	moderator bool       // whatever the switches say
	by        RoleSwitch // moderator if it is on
	counted   bool       // enrolled, listed, put in the channel
	why       string
}

// roleTable is the whole policy. What is in no row is unknown: a viewer.
func roleTable() []roleRow {
	const course, institution, system = lti.ContextScope, lti.InstitutionScope, lti.SystemScope
	return []roleRow{
		{scope: course, principal: "Administrator", moderator: true, counted: true, why: "course_administrator"},
		{scope: course, principal: "Administrator", words: []string{"ExternalDeveloper", "ExternalSupport", "ExternalSystemAdministrator"},
			by: ExternalAdministrators, counted: true, why: "course_external_administrator"},

		{scope: course, principal: "ContentDeveloper", by: ContentDevelopers, counted: true, why: "course_content_developer"},
		{scope: course, principal: "ContentDeveloper", words: []string{"Librarian", "ExternalContentExpert"},
			counted: true, why: "course_content_helper"},

		{scope: course, principal: "Instructor", moderator: true, counted: true, why: "course_instructor"},
		{scope: course, principal: "Instructor", words: []string{
			"TeachingAssistant", "TeachingAssistantGroup", "TeachingAssistantOffering", "TeachingAssistantSection",
			"TeachingAssistantSectionAssociation", "TeachingAssistantTemplate",
		}, by: TeachingAssistants, counted: true, why: "course_teaching_assistant"},
		{scope: course, principal: "Instructor", words: []string{"Grader"}, by: Graders, counted: true, why: "course_grader"},
		{scope: course, principal: "Instructor", words: []string{"GuestInstructor", "ExternalInstructor"},
			by: GuestInstructors, counted: true, why: "course_guest_instructor"},

		{scope: course, principal: "Learner", counted: true, why: "course_learner"},
		{scope: course, principal: "Member", counted: true, why: "course_member"},

		{scope: course, principal: "Manager", by: CourseManagers, counted: true, why: "course_manager"},
		{scope: course, principal: "Manager", words: []string{"AreaManager"}, counted: true, why: "course_area_manager"},
		{scope: course, principal: "Manager", words: []string{"Observer", "ExternalObserver"}, why: "course_observer"},

		// A parent, in Canvas.
		{scope: course, principal: "Mentor", why: "course_mentor"},
		{scope: course, principal: "Mentor", words: []string{"Tutor", "LearningFacilitator"},
			by: Tutors, counted: true, why: "course_tutor"},

		{scope: course, principal: "Officer", by: Officers, counted: true, why: "course_officer"},

		{scope: institution, words: []string{"Administrator"}, by: InstitutionAdmins, why: "institution_admin_switch"},
		{scope: institution, words: []string{"Instructor", "Faculty"}, by: InstitutionTeachers, counted: true, why: "institution_role"},
		{scope: institution, words: []string{"Mentor", "Observer"}, why: "institution_role"},
		{scope: institution, words: []string{
			"Staff", "Student", "Learner", "Member", "Guest",
			"Alumni", "ProspectiveStudent", "Other", "None",
		}, counted: true, why: "institution_role"},

		{scope: system, words: []string{"Administrator", "SysAdmin", "AccountAdmin"}, by: SystemAdmins, why: whySystemAdmin},
		{scope: system, words: []string{"SysSupport", "Creator"}, why: "system_role"},
		{scope: system, words: []string{"User", "None"}, counted: true, why: "system_role"},
	}
}

// findRoleRow finds the row that names the role, or else that of its principal.
func findRoleRow(table []roleRow, r lti.Role) (row roleRow, found bool) {
	for _, candidate := range table {
		if candidate.scope != r.Scope {
			continue
		}
		word := r.Principal
		if r.Scope == lti.ContextScope {
			if candidate.principal != r.Principal {
				continue
			}
			word = r.Sub
		}
		switch {
		case slices.ContainsFunc(candidate.words, func(w string) bool { return strings.EqualFold(w, word) }):
			return candidate, true
		case candidate.words == nil:
			row, found = candidate, true
		}
	}
	return row, found
}

// SwitchOf is the switch that decides by a rule; empty: none does.
func SwitchOf(why string) RoleSwitch {
	for _, row := range roleTable() {
		if row.why == why {
			return row.by
		}
	}
	return ""
}
