package admin

import (
	"slices"

	"classbridge/classroom"
)

// Role is what an account is in its tenant.
type Role string

const (
	Owner    Role = "owner"    // everything, accounts included
	Admin    Role = "admin"    // everything but accounts and tenants
	Helpdesk Role = "helpdesk" // reads what helps people, no recordings
	Auditor  Role = "auditor"  // reads settings and the audit log, nobody's data
)

// Roles are all of them, the mightiest first.
func Roles() []Role { return []Role{Owner, Admin, Helpdesk, Auditor} }

// Right is something that a page or an act of the console asks for.
type Right string

const (
	Read           Right = "read"            // the state of the installation: names of servers, platforms, courses
	ReadPeople     Right = "read_people"     // who somebody is, and what happened to them
	ReadRecordings Right = "read_recordings" // that recordings exist, and playing them
	ReadAudit      Right = "read_audit"      // the audit log
	Change         Right = "change"          // everything that changes something
	ManageAccounts Right = "manage_accounts" // who may sign in, and how
	ManageTenants  Right = "manage_tenants"  // the schools of this installation: the default tenant's owner alone
)

// rights is the whole policy.
func (r Role) rights() []Right {
	switch r {
	case Owner:
		return []Right{Read, ReadPeople, ReadRecordings, ReadAudit, Change, ManageAccounts}
	case Admin:
		return []Right{Read, ReadPeople, ReadRecordings, ReadAudit, Change}
	case Helpdesk:
		return []Right{Read, ReadPeople}
	case Auditor:
		return []Right{Read, ReadAudit}
	}
	return nil
}

// May reports whether the account has the right, in its own tenant.
func (a Account) May(r Right) bool {
	if r == ManageTenants {
		return a.Role == Owner && a.TenantID == classroom.DefaultTenant
	}
	return slices.Contains(a.Role.rights(), r)
}
