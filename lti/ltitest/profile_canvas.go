package ltitest

import (
	"net/http"
	"time"
)

// Canvas is Instructure's, in the cloud: all schools share its issuer.
func Canvas() Profile {
	return Profile{
		Name: "Canvas", Family: "canvas", Version: "cloud", Issuer: "https://canvas.instructure.com",
		DeploymentID: "118:8865aa05b4b79b64a91a86042e43af5ea8ae79eb",
		Subjects:     guid, Contexts: hexadecimal(40), Links: guid,
		Login: Login{Method: http.MethodPost, StorageTarget: "post_message_forwarding", hint: canvasHint},
		Launch: Launch{
			Life: time.Hour, ContextType: []string{courseOffering}, NRPSVersions: []string{"2.0"}, HistoryLimit: 1000,
			// Account-wide roles say what somebody is anywhere in the institution.
			roles: map[part][]string{
				teacher:   {institution + "Instructor", Instructor, system + "User"},
				assistant: {institution + "Instructor", Instructor, TeachingAssistant, system + "User"},
				learner:   {institution + "Student", Learner, system + "User"},
				observer:  {institution + "Observer", Mentor, system + "User"},
				admin:     {Administrator, system + "User"},
				preview:   {Learner, TestUser},
			},
		},
		Access: Access{
			FreshKeys: true, MaxAge: 5 * time.Minute, UserAgent: true, ContentType: jsonType, RefusedStatus: http.StatusUnauthorized,
		},
		Roster: &Roster{
			Default: 50, Max: 50, ExactRoles: true,
			roles: map[part][]string{
				teacher: {Instructor}, assistant: {Instructor, TeachingAssistant}, learner: {Learner}, observer: {Mentor}, preview: {Learner, TestUser},
			},
		},
		Grades: &Grades{
			Max: 50, Older: http.StatusBadRequest, Stranger: http.StatusUnprocessableEntity,
			StrangerBody: `{"errors":{"type":"unprocessable_entity","message":"User not found in course or is not a student"}}`,
			ForeignLink:  http.StatusNotFound,
		},
		Notices:     []string{"LtiHelloWorldNotice", "LtiContextCopyNotice"},
		DeepLinking: &DeepLinking{LineItems: true},
		Registration: &Registration{
			Token: opaqueToken, ConfigBearer: true, OmitsID: true, Server: true,
			LinkPlacements: []string{"course_navigation"},
			Placements:     []string{"link_selection", "assignment_selection", "editor_button", "module_index_menu_modal"},
		},
		Variables: append(commonVariables(), "Person.address.timezone", "Canvas.course.id"),
	}
}

// canvasHint has the form of a token, and is answered once.
func canvasHint(_, random string) string { return "eyJ0eXAiOiJKV1QifQ." + random + "." + random }
