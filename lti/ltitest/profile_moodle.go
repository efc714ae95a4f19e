package ltitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"classbridge/lti"
)

// Moodle is Moodle 4.5's mod_lti.
func Moodle() Profile {
	return Profile{
		Name: "Moodle", Family: "moodle", Version: "2024100705.01", DeploymentID: "6",
		Subjects: number, Contexts: number, Links: number,
		Login: Login{Method: http.MethodPost, hint: moodleHint},
		Launch: Launch{
			Life: time.Minute, ContextType: []string{"CourseSection"}, NRPSVersions: []string{"1.0", "2.0"},
			roles: map[part][]string{
				teacher: {Instructor}, assistant: {Instructor}, learner: {Learner}, observer: {Learner},
				admin: {Administrator, Instructor, system + "Administrator"},
			},
			extend: extendMoodle,
		},
		Access: Access{Careless: true, ContentType: "text/html; charset=utf-8", RefusedStatus: http.StatusUnauthorized},
		Roster: &Roster{
			Accept: acceptListed, Escaped: true, OmitsInactive: true, DropsRole: true,
			extend: func(member map[string]any, p Person) { maps.Copy(member, filled("ext_user_username", p.Username)) },
			// Who may teach is asked of another capability here than in launches.
			roles: map[part][]string{
				teacher: {"Instructor"}, assistant: {"Learner"}, learner: {"Learner"}, observer: {"Learner"}, admin: {"Instructor"},
			},
		},
		Grades: &Grades{
			Query: "type_id=6", Next: NextCurly, StrictScopes: true, Older: http.StatusConflict,
			Stranger: http.StatusBadRequest, StrangerBody: "[]", ForeignLink: http.StatusForbidden, LinkKey: "ltiLinkId",
		},
		DeepLinking: &DeepLinking{LineItems: true, SilentLineItems: true},
		Registration: &Registration{
			Token: jwtToken, Sloppy: true, Placements: []string{"ContentArea"},
		},
		Variables: append(commonVariables(), "Person.address.timezone", "ResourceLink.description", "Moodle.Person.userGroupIds", "Membership.role"),
	}
}

// moodleHint is JSON with a launchid that works once.
func moodleHint(link, random string) string {
	if link == "" {
		link = "0"
	}
	data, _ := json.Marshal(map[string]any{"cmid": json.Number(link), "launchid": fmt.Sprintf("ltilaunch%s_%s", link, random)})
	return string(data)
}

// extendMoodle adds what Moodle sends beyond the specification, and leaves out
// what it does not send.
func extendMoodle(claims map[string]any, v visit) {
	delete(claims, "locale")
	p := v.person
	claims[claim+"ext"] = filled("user_username", p.Username, "lms", "moodle-2")
	if v.lms.Privacy.NoName {
		claims[claim+"ext"] = filled("lms", "moodle-2")
	}
	claims[claim+"lis"] = map[string]any{"person_sourcedid": p.SourcedID, "course_section_sourcedid": "sis-" + v.course.Label}
	platform := claims[claim+"tool_platform"].(map[string]any)
	platform["guid"], platform["description"] = hexadecimal(32)(v.lms.Issuer), "Example University"
	shown := claims[claim+"launch_presentation"].(map[string]any)
	if v.message == lti.DeepLinkingRequest {
		delete(shown, "return_url")
		delete(shown, "document_target")
		delete(claims, rosterClaim)
		settings := claims[deepLinkingClaim].(map[string]any)
		settings["accept_copy_advice"], settings["accept_unsigned"], settings["can_confirm"] = false, false, false
		return
	}
	shown["return_url"] = v.lms.at("/mod/lti/return.php?course=" + v.lms.ContextID(v.course.ID) + "&sesskey=s3ss10nk3y")
	claims[claim+"resource_link"].(map[string]any)["description"] = v.link.Description
	if v.course.ID != "" {
		custom, _ := claims[claim+"custom"].(map[string]string)
		if custom == nil {
			custom = make(map[string]string)
		}
		custom["context_memberships_url"] = v.lms.MembersURL(v.course.ID)
		claims[claim+"custom"] = custom
	}
	if v.link.LineItem != nil {
		claims["https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"] = map[string]any{
			"lis_result_sourcedid": `{"data":{"instanceid":"` + v.linkID() + `"}}`, "lis_outcome_service_url": v.lms.at("/mod/lti/service.php"),
		}
	}
}
