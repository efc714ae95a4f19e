package ltitest

import (
	"net/http"
	"time"
)

// OpenEdX is Open edX with its LTI consumer. In launches it gives roles of the
// institution only; those of the course are in the roster.
func OpenEdX() Profile {
	return Profile{
		Name: "Open edX", Family: "openedx", Version: "sumac", DeploymentID: "1",
		Subjects: guid, Contexts: between("course-v1:", asNamed, "+2026"), Links: hexadecimal(32),
		Login: Login{Method: http.MethodGet, hint: func(_, random string) string { return random }},
		Launch: Launch{
			Life: time.Hour, AuthorizedParty: true, ContextType: []string{courseOffering}, NRPSVersions: []string{"2.0"},
			roles: map[part][]string{
				teacher: {institution + "Instructor"}, assistant: {system + "Administrator", institution + "Instructor"},
				learner: {institution + "Student"}, observer: {institution + "Student"},
				admin: {system + "Administrator", institution + "Instructor"},
			},
			extend: func(claims map[string]any, _ visit) { delete(claims, "given_name"); delete(claims, "family_name") },
		},
		Access: Access{ContentType: jsonType, MaxAge: 5 * time.Minute, RefusedStatus: http.StatusUnauthorized},
		Roster: &Roster{
			Default: 10, Max: 100,
			roles: map[part][]string{
				teacher: {Instructor}, assistant: {membership + "#Administrator"}, learner: {Learner}, observer: {Learner},
			},
		},
		Grades: &Grades{
			Older: http.StatusConflict, Stranger: http.StatusBadRequest, ForeignLink: http.StatusBadRequest,
		},
		DeepLinking: &DeepLinking{LineItems: true},
	}
}

// ILIAS takes grades and has no other service. A name that it keeps to itself is a
// dash.
func ILIAS() Profile {
	return Profile{
		Name: "ILIAS", Family: "ilias", Version: "9.0", DeploymentID: "3",
		Subjects: between("", hexadecimal(32), "@ilias.example"), Contexts: number, Links: number,
		Login: Login{Method: http.MethodPost, hint: func(link, _ string) string { return link + ":school" }},
		Launch: Launch{
			Life: time.Hour, ContextType: []string{courseOffering}, Withheld: "-",
			roles: map[part][]string{
				teacher: {Instructor}, assistant: {Instructor}, learner: {Learner}, observer: {Learner}, admin: {Instructor},
			},
		},
		Access: Access{Careless: true, ContentType: jsonType, RefusedStatus: http.StatusUnauthorized},
		Grades: &Grades{Fixed: true, Older: http.StatusConflict, Stranger: http.StatusBadRequest},
	}
}

// OpenOlat names no course, and its roster has the learners only, by other ids than
// its launches. Tokens come without a word of how long they last.
func OpenOlat() Profile {
	return Profile{
		Name: "OpenOlat", Family: "openolat", Version: "18", DeploymentID: "8e1f9d9a2f0e4b9e9a9e7c4f6a5f9b10",
		Subjects: guid, Contexts: number, Links: between("", number, "_true"),
		Login: Login{Method: http.MethodPost, SignedHint: true, hint: func(string, string) string { return "" }},
		Launch: Launch{
			Life: time.Hour, WithoutContext: true, NRPSVersions: []string{"2.0"},
			roles: map[part][]string{
				teacher: {Instructor}, assistant: {Instructor}, learner: {Learner}, observer: {Learner}, admin: {Learner},
			},
		},
		Access: Access{Careless: true, OnlyToken: true, ContentType: jsonType, RefusedStatus: http.StatusForbidden},
		Roster: &Roster{
			Accept: acceptExact, LearnersOnly: true, UserIDs: number,
			roles: map[part][]string{learner: {"LEARNER"}},
		},
		Grades: &Grades{Fixed: true, Stranger: http.StatusNotFound, SilentResults: true},
	}
}
