package ltitest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// call is a GET with a token for that scope.
func (s *school) call(t *testing.T, key lti.ToolKey, scope, address string) (answer *http.Response, body map[string]any) {
	t.Helper()
	_, token := s.ask(t, key, scope, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token["access_token"].(string))
	req.Header.Set("Accept", "application/vnd.ims.lti-nrps.v2.membershipcontainer+json")
	if answer, err = http.DefaultClient.Do(req); err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
	}
	return answer, body
}

// Roles are asked for by full names, and by short ones where the LMS takes them.
func TestRoleFilter(t *testing.T) {
	tests := []struct {
		profile ltitest.Profile
		role    string
		want    int
	}{
		{ltitest.Reference(), ltitest.Learner, 2},
		{ltitest.Reference(), "Learner", 2},
		{ltitest.Reference(), "Nonsense", 0},
		{ltitest.Moodle(), ltitest.Instructor, 1},
		{ltitest.Moodle(), "Learner", 3}, // the teaching assistant among them
		{ltitest.Schoology(), ltitest.Learner, 2},
	}
	for _, test := range tests {
		s, key := keyed(t, test.profile)
		_, got := s.call(t, key, roster, s.lms.MembersURL("algebra")+"?"+url.Values{"role": {test.role}}.Encode())
		if members := got["members"].([]any); len(members) != test.want {
			t.Errorf("%s: %d of %s, want %d", test.profile.Name, len(members), test.role, test.want)
		}
	}
}

// Moodle forgets the role that was asked for from one page to the next.
func TestRoleIsForgotten(t *testing.T) {
	for _, test := range []struct {
		profile ltitest.Profile
		kept    bool
	}{{ltitest.Moodle(), false}, {ltitest.Reference(), true}} {
		s, key := keyed(t, test.profile)
		answer, _ := s.call(t, key, roster, s.lms.MembersURL("algebra")+"?limit=1&role=Learner")
		if next := answer.Header.Get("Link"); strings.Contains(next, "role=Learner") != test.kept || !strings.Contains(next, "from=1") {
			t.Errorf("%s: %s", test.profile.Name, next)
		}
	}
}

// A link is of a course, and brings what a launch of each member would bring.
func TestRosterOfALink(t *testing.T) {
	s, key := keyed(t, ltitest.Reference())
	address := s.lms.MembersURL("algebra") + "?rlid="
	if _, got := s.call(t, key, roster, address+"room-1"); got["members"].([]any)[0].(map[string]any)["message"] == nil {
		t.Errorf("no message: %v", got)
	}
	if answer, _ := s.call(t, key, roster, address+"elsewhere"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", answer.StatusCode)
	}
}

// Groups are those of the course, and of one person if one is named.
func TestGroupsOfAPerson(t *testing.T) {
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	s := newSchool(t, func(c *ltitest.Config) {
		c.ToolKeys = func() ([]byte, error) { return lti.JWKS([]lti.PublicKey{key.Public()}), nil }
		c.Groups = []ltitest.Group{{ID: "1", Name: "Reds", CourseID: "algebra"}, {ID: "2", Name: "Blues", CourseID: "algebra"}, {ID: "3", CourseID: "biology"}}
		c.Persons = []ltitest.Person{{Sub: "x", Roles: []string{ltitest.Learner}, Groups: []string{"2", "3"}}}
	})
	for query, want := range map[string]int{"": 2, "?user_id=x": 1, "?user_id=nobody": 0} {
		_, got := s.call(t, key, "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly", s.lms.GroupsURL("algebra")+query)
		if groups := got["groups"].([]any); len(groups) != want {
			t.Errorf("%q: %v", query, groups)
		}
	}
}
