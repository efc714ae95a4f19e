package lti_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

// recording is an exchange with a Moodle 4.5.
type recording struct {
	Method, URL, Accept, ContentType, RequestBody string
	Status                                        int
	AnswerType, Link                              string
	Body                                          json.RawMessage
}

// replayMoodle is a school that answers what Moodle answered, to requests like those
// that Moodle got: others get a 400, as Moodle does.
func replayMoodle(t *testing.T, names ...string) *school {
	t.Helper()
	s := newSchool(t)
	paths := make(map[string]recording)
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata/moodle-4.5/services", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var r recording
		decode(t, []byte(strings.ReplaceAll(string(data), moodle, s.url)), &r)
		paths[r.Method+" "+strings.TrimPrefix(r.URL, s.url)] = r
	}
	s.HandleFunc("/mod/lti/", func(w http.ResponseWriter, r *http.Request) {
		rec, found := paths[r.Method+" "+r.RequestURI]
		if !found || r.Header.Get("Accept") != rec.Accept && rec.Method == "GET" || r.Header.Get("Content-Type") != rec.ContentType {
			t.Errorf("%s %s was not recorded, or with other headers: %v", r.Method, r.RequestURI, r.Header)
			says(400, "")(w, r)
			return
		}
		rec.serve(w)
	})
	s.access.Platform.TokenURL = s.url + "/mod/lti/token.php"
	s.access.Platform.Family = "moodle"
	return s
}

func (r recording) serve(w http.ResponseWriter) {
	w.Header().Set("Content-Type", r.AnswerType)
	if r.Link != "" {
		w.Header().Set("Link", r.Link)
	}
	w.WriteHeader(r.Status)
	if string(r.Body) != "null" {
		_, _ = w.Write(r.Body)
	}
}

// withRosterToken has Moodle's token endpoint grant the roster too: it was
// recorded for the gradebook.
func (s *school) withRosterToken() {
	s.HandleFunc("POST /mod/lti/token.php", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer","expires_in":3600,"scope":"`+lti.ScopeRoster+`"}`)
	})
}

func TestMoodleRoster(t *testing.T) {
	const path = "/mod/lti/services.php/CourseSection/2/bindings/6/memberships"
	member := func(id, sis, given, family, email, role string) lti.Member {
		return lti.Member{
			Subject: id, SourcedID: sis, Name: strings.TrimSpace(given + " " + family), GivenName: given, FamilyName: family,
			Email: email, Roles: lti.ParseRoles([]string{role}), Status: lti.MemberActive,
		}
	}
	tania := member("4", "sis-ta1", "Tania", "Assistant", "ta1@example.edu", "Learner")
	sam := member("5", "sis-student1", "Sam", "Student", "student1@example.edu", "Learner")
	all := []lti.Member{
		tania, sam, member("3", "sis-teacher1", "Terry", "Teacher", "teacher1@example.edu", "Instructor"),
		member("6", "sis-student2", "Zoë", "Ångström-O'Neil", "student2@example.edu", "Learner"),
	}
	tests := []struct {
		name, path, next string
		want             []lti.Member
	}{
		{"roster", path, "", all},
		{"rosterLimit2", path + "?limit=2", path + "?limit=2&from=2", all[:2]},
		{"rosterPrivacyOff", "/mod/lti/services.php/CourseSection/2/bindings/2/memberships", "", []lti.Member{
			member("4", "sis-ta1", "", "", "", "Learner"), member("5", "sis-student1", "", "", "", "Learner"),
			member("3", "sis-teacher1", "", "", "", "Instructor"), member("6", "sis-student2", "", "", "", "Learner"),
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := replayMoodle(t, test.name)
			s.withRosterToken()
			var got []lti.Member
			page, err := s.services.Members(t.Context(), s.access, s.url+test.path, func(m lti.Member) error {
				got = append(got, m)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if page.ContextID != "2" || page.Next != "" && page.Next != s.url+test.next {
				t.Errorf("page %v", page)
			}
		})
	}
	s := replayMoodle(t, "rosterBadToken")
	s.withRosterToken()
	_, err := s.services.Members(t.Context(), s.access, s.url+path, nil)
	if e := serviceError(t, err); e.Status != 401 || !e.Refused() {
		t.Errorf("with a bad token: %v", err)
	}
}

func TestMoodleGradebook(t *testing.T) {
	const container, item = "/mod/lti/services.php/2/lineitems?type_id=6", "/mod/lti/services.php/2/lineitems/9/lineitem?type_id=6"
	s := replayMoodle(t, "token", "lineitems", "lineitem", "score")
	want := lti.LineItem{ID: s.url + item, Label: "Classroom", ScoreMaximum: 10, ResourceLinkID: "10"}
	items, err := s.services.LineItems(t.Context(), s.access, s.url+container, lti.LineItemFilter{})
	if diff := cmp.Diff([]lti.LineItem{want}, items); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	got, err := s.services.LineItem(t.Context(), s.access, items[0].ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	score := lti.Score{Subject: "5", Given: 7.5, Maximum: 10, Comment: "45 of 60 minutes", Timestamp: time.Date(2026, 11, 22, 13, 37, 33, 363e6, time.UTC)}
	if err := s.services.SendScore(t.Context(), s.access, got.ID, score); err != nil {
		t.Error(err)
	}
	for name, status := range map[string]int{"scoreNotNewer": 409, "scoreForNobody": 400, "scoreForTeacher": 400} {
		s := replayMoodle(t, "token", name)
		at := item
		if name == "scoreForTeacher" {
			at = "/mod/lti/services.php/2/lineitems/14/lineitem?type_id=11"
		}
		err := s.services.SendScore(t.Context(), s.access, s.url+at, score)
		if e := serviceError(t, err); e.Status != status || !e.Refused() || e.Temporary() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What we send is what Moodle took, letter by letter.
func TestMoodleScoreBody(t *testing.T) {
	data, err := os.ReadFile("testdata/moodle-4.5/services/score.json")
	if err != nil {
		t.Fatal(err)
	}
	var rec recording
	decode(t, data, &rec)
	s, g := newGradebook(t, says(200, ""))
	score := lti.Score{Subject: "5", Given: 7.5, Maximum: 10, Comment: "45 of 60 minutes", Timestamp: time.Date(2026, 11, 22, 13, 37, 33, 363e6, time.UTC)}
	if err := s.services.SendScore(t.Context(), s.access, s.url+"/item", score); err != nil {
		t.Fatal(err)
	}
	if g.body != rec.RequestBody {
		t.Errorf("%s, want %s", g.body, rec.RequestBody)
	}
}

func TestMoodleResults(t *testing.T) {
	s := replayMoodle(t, "token")
	data, err := os.ReadFile("testdata/moodle-4.5/services/results.json")
	if err != nil {
		t.Fatal(err)
	}
	var rec recording
	decode(t, data, &rec)
	s.HandleFunc("/item/results", func(w http.ResponseWriter, _ *http.Request) { rec.serve(w) })
	var got []lti.Result
	err = s.services.Results(t.Context(), s.access, s.url+"/item?type_id=6", "5", func(r lti.Result) error {
		got = append(got, r)
		return nil
	})
	given := 7.5
	if diff := cmp.Diff([]lti.Result{{Subject: "5", Score: &given, Maximum: 10, Comment: "45 of 60 minutes"}}, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}
