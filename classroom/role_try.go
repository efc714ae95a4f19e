package classroom

import (
	"context"
	"slices"
	"strings"
)

// StandingCount says how many are enrolled by a rule and a role.
type StandingCount struct {
	Why       string
	RoleName  string
	Moderator bool
	People    int64
}

// NamedEnrolment is somebody in a course, as the role policy left them.
type NamedEnrolment struct {
	Name      string
	Course    string
	Why       string
	RoleName  string
	Moderator bool
	Counted   bool
}

// RoleChange is what other switches make of people who are enrolled.
type RoleChange struct {
	Switch     RoleSwitch
	Moderators bool  // what they become
	People     int64 // who are something else now
}

// RoleChanges says what a policy would change for whoever is enrolled from the
// platform, by the rules that decided about them.
func (c *Classroom) RoleChanges(ctx context.Context, p Platform, became RolePolicy) ([]RoleChange, error) {
	standings, err := c.Store.Standings(ctx, p.TenantID, p.ID)
	if err != nil {
		return nil, err
	}
	var changes []RoleChange
	for _, s := range RoleSwitches() {
		if p.Roles.On(s) == became.On(s) {
			continue
		}
		change := RoleChange{Switch: s, Moderators: became.On(s)}
		for _, one := range standings {
			if ruledBy(one.Why, one.RoleName) == s && one.Moderator != change.Moderators {
				change.People += one.People
			}
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// ruledBy is the switch on which a standing hangs; empty: on none.
func ruledBy(why, roleName string) RoleSwitch {
	for _, row := range roleTable() {
		named := row.words == nil || slices.ContainsFunc(row.words, func(w string) bool { return strings.EqualFold(w, roleName) })
		if row.by != "" && row.why == why && named {
			return row.by
		}
	}
	return ""
}

// Became is what a policy makes of somebody by the role that decided so far.
func (e NamedEnrolment) Became(policy RolePolicy) (moderator bool) {
	if by := ruledBy(e.Why, e.RoleName); by != "" {
		return policy.On(by)
	}
	return e.Moderator
}

// namedEnrolments is how many of one name are shown.
const namedEnrolments = 20

// EnrolmentsNamed lists where people of that name are enrolled.
func (c *Classroom) EnrolmentsNamed(ctx context.Context, p Platform, name string) ([]NamedEnrolment, error) {
	if name = strings.TrimSpace(name); name == "" {
		return nil, nil
	}
	return c.Store.EnrolmentsNamed(ctx, p.TenantID, p.ID, cut(name, 100), namedEnrolments)
}
