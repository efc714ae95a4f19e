package lti

import "strings"

// Role is one entry of the roles claim, taken apart (LTI Core §A.2).
type Role struct {
	Scope     Scope
	Principal string // Instructor
	Sub       string // TeachingAssistant; often empty
	TestUser  bool   // the marker that says that this is no real person, beside other roles
	Raw       string
}

// Scope says where a role holds. Only context roles speak of the course.
type Scope string

// The scopes of roles.
const (
	UnknownScope     Scope = ""
	ContextScope     Scope = "context"
	InstitutionScope Scope = "institution"
	SystemScope      Scope = "system"
)

// maxRole is longer than any role of the vocabulary.
const maxRole = 255

// ParseRoles takes apart a whole roles claim.
func ParseRoles(raw []string) []Role {
	roles := make([]Role, len(raw))
	for i, r := range raw {
		roles[i] = ParseRole(r)
	}
	return roles
}

// ParseRole understands the URIs of LTI 1.3, the URNs of LTI 1.1, short names of
// context roles, and the forms that platforms are known to get wrong. What it
// does not understand has UnknownScope.
func ParseRole(raw string) Role {
	role := Role{Raw: clean(raw, maxRole)}
	s := strings.TrimSpace(raw)
	if len(s) > maxRole {
		return role
	}
	if !strings.ContainsAny(s, ":#/") {
		return role.short(s)
	}
	for _, v := range vocabularies() {
		if rest, found := cutPrefixFold(s, v.prefix); found {
			return role.in(v, rest)
		}
	}
	return role
}

// vocabulary is a family of role names: a prefix, and the scope of what follows.
type vocabulary struct {
	prefix string
	scope  Scope
	marker bool // LTI's own system roles: TestUser
}

func vocabularies() []vocabulary {
	return []vocabulary{
		{prefix: "http://purl.imsglobal.org/vocab/lis/v2/membership#", scope: ContextScope},
		{prefix: "http://purl.imsglobal.org/vocab/lis/v2/membership/", scope: ContextScope},
		{prefix: "http://purl.imsglobal.org/vocab/lis/v2/institution/person#", scope: InstitutionScope},
		{prefix: "http://purl.imsglobal.org/vocab/lis/v2/system/person#", scope: SystemScope},
		{prefix: "http://purl.imsglobal.org/vocab/lti/system/person#", scope: SystemScope, marker: true},
		// Deprecated, of no clear scope: the one that gives less.
		{prefix: "http://purl.imsglobal.org/vocab/lis/v2/person#", scope: InstitutionScope},
		{prefix: "urn:lti:role:ims/lis/", scope: ContextScope},
		{prefix: "urn:lti:instrole:ims/lis/", scope: InstitutionScope},
		{prefix: "urn:lti:sysrole:ims/lis/", scope: SystemScope},
	}
}

// in reads what follows the prefix: #X or /X#Y as LTI 1.3 has it, X or X/Y as
// LTI 1.1 has it, and #X#Y as Sakai sends it.
func (r Role) in(v vocabulary, rest string) Role {
	words := strings.FieldsFunc(rest, func(c rune) bool { return c == '#' || c == '/' })
	if len(words) == 0 || len(words) > 2 {
		return r
	}
	r.Scope, r.Principal = v.scope, words[0]
	if len(words) == 2 {
		r.Sub = words[1]
	}
	r.TestUser = v.marker && r.Principal == "TestUser" && r.Sub == ""
	if r.Scope == ContextScope {
		return r.canonical()
	}
	return r
}

// short names are allowed for context roles only (LTI Core §5.3.7); an
// institution's role without its prefix does not exist.
func (r Role) short(word string) Role {
	named := Role{Scope: ContextScope, Principal: word, Raw: r.Raw}.canonical()
	for _, p := range principals() {
		if named.Principal == p {
			return named
		}
	}
	return r
}

// principals are the context roles that others are sub-roles of (LTI Core §A.2.3).
func principals() []string {
	return []string{
		"Administrator", "ContentDeveloper", "Instructor", "Learner",
		"Manager", "Member", "Mentor", "Officer",
	}
}

// canonical repairs the names of context roles: letters of the wrong case (Canvas
// sends instructor#TeachingAssistant), and names that were principals in LTI 1.1.
func (r Role) canonical() Role {
	for _, p := range principals() {
		if strings.EqualFold(r.Principal, p) {
			r.Principal = p
		}
	}
	switch {
	case strings.EqualFold(r.Principal, "Student"):
		r.Principal = "Learner"
	case strings.EqualFold(r.Principal, "TeachingAssistant"):
		r.Principal = "Instructor"
		if r.Sub == "" {
			r.Sub = "TeachingAssistant"
		}
	}
	return r
}

func cutPrefixFold(s, prefix string) (rest string, found bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
