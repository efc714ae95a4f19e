package ltitest

import (
	"net/http"
	"time"
)

// Sakai is Sakai 23 and later.
func Sakai() Profile {
	return Profile{
		Name: "Sakai", Family: "sakailms.org", Version: "23", DeploymentID: "1",
		Subjects: guid, Contexts: guid, Links: between("content:", number, ""),
		Login: Login{Method: http.MethodGet, Twice: true, StorageTarget: "_parent", hint: func(_, random string) string { return random }},
		Launch: Launch{
			Life: time.Hour, ContextType: []string{courseOffering}, NRPSVersions: []string{"2.0"},
			roles: sakaiRoles(),
		},
		Access: Access{Careless: true, AllOrNothing: true, MaxAge: time.Hour, ContentType: jsonType, RefusedStatus: http.StatusUnauthorized},
		Roster: &Roster{roles: sakaiRoles()},
		Grades: &Grades{
			IgnoresFilters: true, Stranger: http.StatusNotFound, ForeignLink: http.StatusForbidden,
		},
		Groups:       true,
		DeepLinking:  &DeepLinking{LineItems: true, Data: "sakai-data"},
		Registration: &Registration{Token: opaqueToken},
		Variables:    append(commonVariables(), "ResourceLink.id.history", "Person.address.timezone"),
	}
}

// sakaiRoles are short names beside the full ones; that of a teaching assistant has
// two hashes, which no vocabulary knows.
func sakaiRoles() map[part][]string {
	return map[part][]string{
		teacher: {"Instructor", Instructor}, assistant: {membership + "#Instructor#TeachingAssistant"},
		learner: {"Learner", Learner}, observer: {"Learner", Learner},
		admin: {"Instructor", Instructor, Administrator, system + "Administrator"},
	}
}
