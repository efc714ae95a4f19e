package classroom

import (
	"slices"

	"classbridge/lti"
)

// Standing is what a person's roles make of them in one course.
type Standing struct {
	Moderator bool
	Counted   bool     // false: seen by nobody's attendance list, enrolled nowhere and put in no channel
	Role      lti.Role // the role that decided; zero if none did
	RoleName  string   // its name, Learner, for "because your course role is Learner"
	Why       string   // the rule that decided, see below
}

// The rules that decide, beside those of the table.
const (
	WhyNoRole      = "no_role"
	WhyUnknownRole = "unknown_role"
	WhyTestUser    = "test_user" // the marker of a test user and no other role
)

// RolePolicy is what a school decides for one platform. Its zero value is the
// least that works: what the table says by default.
type RolePolicy struct {
	Switches map[RoleSwitch]bool // only those that differ from their default
}

// On reports how the switch stands.
func (p RolePolicy) On(s RoleSwitch) bool {
	if on, set := p.Switches[s]; set {
		return on
	}
	return s.Default()
}

// Decide turns the roles of a launch into a standing.
//
// Roles in the course decide where there are any. Those of the institution and
// the system say nothing about the course (Canvas adds them to every launch of a
// person who teaches anywhere), but for administrators, who are enrolled nowhere
// and whom a switch lets moderate. No role, or none that is known, is a viewer.
func (p RolePolicy) Decide(roles []lti.Role) Standing {
	verdicts := p.judge(roles)
	if inside := slices.DeleteFunc(slices.Clone(verdicts), verdict.outside); len(inside) > 0 {
		return p.inCourse(inside, verdicts, roles)
	}
	if len(verdicts) > 0 {
		return outsideCourse(verdicts, roles)
	}
	return withoutRole(roles)
}

// verdict is what one role says.
type verdict struct {
	role      lti.Role
	row       roleRow
	moderator bool
}

func (v verdict) outside() bool { return v.row.scope != lti.ContextScope }

func (v verdict) standing() Standing {
	s := Standing{Moderator: v.moderator, Counted: v.row.counted, Role: v.role, RoleName: v.role.Principal, Why: v.row.why}
	if v.role.Sub != "" {
		s.RoleName = v.role.Sub
	}
	return s
}

// judge asks the table about each role. A principal that came with a sub-role of
// its own is left out: platforms send Instructor beside Instructor#Grader, and
// the narrower of the two is meant (LTI Core §A.2.3).
func (p RolePolicy) judge(roles []lti.Role) []verdict {
	var verdicts []verdict
	table := roleTable()
	for _, r := range roles {
		row, known := findRoleRow(table, r)
		if r.TestUser || !known || narrowed(r, roles) {
			continue
		}
		verdicts = append(verdicts, verdict{role: r, row: row, moderator: row.moderator || row.by != "" && p.On(row.by)})
	}
	return verdicts
}

func narrowed(r lti.Role, among []lti.Role) bool {
	return r.Sub == "" && slices.ContainsFunc(among, func(o lti.Role) bool {
		return o.Scope == r.Scope && o.Principal == r.Principal && o.Sub != ""
	})
}

// inCourse: the role that allows most decides, and one role that is counted is
// enough (a learner who is also somebody's mentor).
func (p RolePolicy) inCourse(inside, all []verdict, roles []lti.Role) Standing {
	best := first(inside, func(v verdict) bool { return v.moderator }, func(v verdict) bool { return v.row.counted })
	s := best.standing()
	s.Counted = slices.ContainsFunc(inside, func(v verdict) bool { return v.row.counted })
	// Moodle and Sakai call a system administrator an instructor of every course
	// that they look at: that is no enrolment.
	admin := slices.ContainsFunc(all, func(v verdict) bool { return v.row.why == whySystemAdmin })
	if testUser(roles) || admin && !p.On(CountSystemAdmins) {
		s.Counted = false
	}
	return s
}

// outsideCourse: one role that is not counted is enough, the administrator's.
func outsideCourse(all []verdict, roles []lti.Role) Standing {
	best := first(all, func(v verdict) bool { return v.moderator }, func(v verdict) bool { return !v.row.counted })
	s := best.standing()
	s.Counted = s.Counted && !testUser(roles)
	return s
}

func withoutRole(roles []lti.Role) Standing {
	switch {
	case len(roles) == 0:
		return Standing{Counted: true, Why: WhyNoRole}
	case testUser(roles):
		return Standing{Role: roles[0], RoleName: roles[0].Principal, Why: WhyTestUser}
	}
	return Standing{Counted: true, Role: roles[0], RoleName: roles[0].Principal, Why: WhyUnknownRole}
}

func testUser(roles []lti.Role) bool {
	return slices.ContainsFunc(roles, func(r lti.Role) bool { return r.TestUser })
}

// first is the first verdict for which the earliest possible test holds.
func first(verdicts []verdict, tests ...func(verdict) bool) verdict {
	for _, test := range tests {
		if i := slices.IndexFunc(verdicts, test); i >= 0 {
			return verdicts[i]
		}
	}
	return verdicts[0]
}
