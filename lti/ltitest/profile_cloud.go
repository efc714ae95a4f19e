package ltitest

import (
	"net/http"
	"strings"
	"time"
)

// Blackboard is Learn, whose schools share an issuer and differ by deployments that
// the tool hears of in launches.
func Blackboard() Profile {
	return Profile{
		Name: "Blackboard", Family: "BlackboardLearn", Version: "3900.100.0", Issuer: "https://blackboard.com",
		DeploymentID: "5e1f9d9a-2f0e-4b9e-9a9e-7c4f6a5f9b10",
		Subjects:     hexadecimal(32), Contexts: hexadecimal(32), Links: between("_", number, "_1"),
		// The storage target is named at the login alone.
		Login: Login{Method: http.MethodGet, StorageTarget: "lti_storage_frame", hint: blackboardHint},
		Launch: Launch{
			Life: time.Hour, ContextType: []string{courseSection}, NRPSVersions: []string{"2.0"},
			roles: map[part][]string{
				teacher: {Instructor, institution + "Faculty"}, assistant: {TeachingAssistant, institution + "Student"},
				learner: {Learner, institution + "Student"}, observer: {Mentor}, admin: {Administrator, system + "Administrator"},
			},
		},
		Access: Access{MaxAge: 5 * time.Minute, ContentType: jsonType, RefusedStatus: http.StatusUnauthorized},
		Roster: &Roster{Default: 100, Max: 500},
		Grades: &Grades{
			Max: 100, CommentLost: true, Stranger: http.StatusBadRequest, StrangerBody: `{"message":"User could not be found:"}`,
			Older: http.StatusConflict, ForeignLink: http.StatusForbidden,
		},
		DeepLinking: &DeepLinking{LineItems: true, Data: "bb:" + strings.Repeat("d", 200)},
		Variables:   append(commonVariables(), "ResourceLink.id.history"),
	}
}

// blackboardHint is long, and all of it must come back.
func blackboardHint(link, random string) string {
	return random + "," + link + "," + strings.Repeat("bGFyZ2U+/=&", 120)
}

// Brightspace is D2L's. What it sends of people and courses is for the admin to
// say; its keys change about hourly.
func Brightspace() Profile {
	return Profile{
		Name: "Brightspace", Family: "desire2learn", Version: "20.26.11",
		DeploymentID: "0f7f2e5c-8a54-4f0e-8f5f-2f8c3a3d9e11",
		Subjects:     between("", guid, "_7040"), Contexts: number, Links: between("", number, "_link"),
		Login: Login{Method: http.MethodPost, StorageTarget: "_parent", hint: func(_, random string) string { return random }},
		Launch: Launch{
			Life: time.Hour, NotBefore: true, AuthorizedParty: true, ContextType: []string{courseOffering}, NRPSVersions: []string{"2.0"},
			roles: map[part][]string{
				teacher:   {institution + "Instructor", Instructor, membership + "/Instructor#PrimaryInstructor"},
				assistant: {institution + "Staff", TeachingAssistant},
				learner:   {institution + "Student", institution + "Learner", Learner},
				observer:  {institution + "Observer", Mentor},
				admin:     {Administrator, system + "SysAdmin"},
			},
		},
		Keys: Keys{CacheControl: "no-cache, no-store", Padding: 80 << 10, Rotation: time.Hour},
		Access: Access{
			Audience: "/auth/token", MaxAge: 5 * time.Minute,
			ContentType: jsonType, RefusedStatus: http.StatusUnauthorized,
		},
		// Some LMSs put the link in the URL of the roster themselves.
		Roster: &Roster{Default: 100, Max: 1000, Next: NextBare, LinkInURL: true},
		Grades: &Grades{
			Older: http.StatusConflict, Stranger: http.StatusForbidden, StrangerBody: `{"detail":"not enrolled in the org unit"}`,
			ForeignLink: http.StatusForbidden,
		},
		Notices:      []string{"LtiHelloWorldNotice", "LtiContextCopyNotice"},
		DeepLinking:  &DeepLinking{LineItems: true, Data: `{"orgUnit":"6606"}`},
		Registration: &Registration{Token: noToken, Server: true},
		Variables:    append(commonVariables(), "ResourceLink.id.history", "Person.address.timezone"),
	}
}

// Schoology is PowerSchool's; it is configured by hand.
func Schoology() Profile {
	return Profile{
		Name: "Schoology", Family: "schoology", Version: "2026", Issuer: "https://schoology.schoology.com",
		DeploymentID: "3055120945-7cf5",
		Subjects:     between("", number, "::94c1d5bd86eff2a4e2b4b6ef9d9d1e5f"), Contexts: number, Links: between("", number, "-lti"),
		Login: Login{Method: http.MethodPost, hint: func(_, random string) string { return random }},
		Launch: Launch{
			Life: 5 * time.Minute, ContextType: []string{courseSection}, NRPSVersions: []string{"2.0"},
			roles: map[part][]string{
				teacher: {Instructor}, assistant: {Instructor}, learner: {Learner}, observer: {Mentor}, admin: {Administrator, Instructor},
			},
		},
		Access: Access{MaxAge: 5 * time.Minute, ContentType: jsonType, RefusedStatus: http.StatusUnauthorized},
		Roster: &Roster{Default: 100, Max: 100},
		Grades: &Grades{
			Max: 100, Older: http.StatusConflict, Stranger: http.StatusUnprocessableEntity, ForeignLink: http.StatusForbidden,
		},
		DeepLinking: &DeepLinking{Single: true, LineItems: true},
		Variables:   commonVariables(),
	}
}
