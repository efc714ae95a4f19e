package lti_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

// gradebook answers one request and keeps it.
type gradebook struct {
	mu     sync.Mutex
	method string
	uri    string
	header http.Header
	body   string
	answer http.HandlerFunc
}

func (g *gradebook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.method, g.uri, g.header, g.body = r.Method, r.RequestURI, r.Header, string(data)
	g.mu.Unlock()
	g.answer(w, r)
}

func newGradebook(t testing.TB, answer http.HandlerFunc) (*school, *gradebook) {
	s := newSchool(t)
	g := &gradebook{answer: answer}
	s.Handle("/", g)
	return s, g
}

func TestLineItems(t *testing.T) {
	const itemsJSON = `[
		{"id":"HERE/items/1/lineitem?type_id=3","label":"Classroom","scoreMaximum":10,"resourceId":"room-1","tag":"attendance","resourceLinkId":"18","ltiLinkId":"18"},
		{"id":"HERE/items/2","label":"Quiz\u0000","scoreMaximum":"2.5","resourceId":"room-2","tag":"","resourceLinkId":19},
		{"id":"/items/3","label":"Relative","scoreMaximum":1,"tag":"attendance"},
		{"id":"javascript:x","label":"No address","scoreMaximum":1,"tag":"attendance"},
		{"label":"No id","scoreMaximum":1}, null, "x"]`
	first := lti.LineItem{ID: "HERE/items/1/lineitem?type_id=3", Label: "Classroom", ScoreMaximum: 10, ResourceID: "room-1", Tag: "attendance", ResourceLinkID: "18"}
	second := lti.LineItem{ID: "HERE/items/2", Label: "Quiz", ScoreMaximum: 2.5, ResourceID: "room-2", ResourceLinkID: "19"}
	third := lti.LineItem{ID: "HERE/items/3", Label: "Relative", ScoreMaximum: 1, Tag: "attendance"}
	tests := []struct {
		name   string
		filter lti.LineItemFilter
		query  string
		want   []lti.LineItem
	}{
		{"all", lti.LineItemFilter{}, "type_id=3", []lti.LineItem{first, second, third}},
		{"by link", lti.LineItemFilter{ResourceLinkID: "18"}, "type_id=3&resource_link_id=18", []lti.LineItem{first}},
		{"by link that is a number", lti.LineItemFilter{ResourceLinkID: "19"}, "type_id=3&resource_link_id=19", []lti.LineItem{second}},
		{"by tag", lti.LineItemFilter{Tag: "attendance", Limit: 50}, "type_id=3&tag=attendance&limit=50", []lti.LineItem{first, third}},
		{"by resource and tag", lti.LineItemFilter{ResourceID: "room-1", Tag: "attendance"}, "type_id=3&resource_id=room-1&tag=attendance", []lti.LineItem{first}},
		{"by what is nowhere", lti.LineItemFilter{ResourceID: "a&b"}, "type_id=3&resource_id=a%26b", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var s *school
			s, g := newGradebook(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, strings.ReplaceAll(itemsJSON, "HERE", s.url))
			})
			got, err := s.services.LineItems(t.Context(), s.access, s.url+"/items?type_id=3", test.filter)
			if err != nil {
				t.Fatal(err)
			}
			if g.uri != "/items?"+test.query || g.header.Get("Accept") != "application/vnd.ims.lis.v2.lineitemcontainer+json" {
				t.Errorf("%s %v", g.uri, g.header)
			}
			for i := range got {
				got[i].ID = strings.ReplaceAll(got[i].ID, s.url, "HERE")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLineItemsPages(t *testing.T) {
	var calls atomic.Int32
	page := func(s *school, next string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			if next != "" {
				w.Header().Set("Link", "<"+next+">; rel=“next”")
			}
			_, _ = fmt.Fprintf(w, `[{"id":"%s%s/item","scoreMaximum":1}]`, s.url, r.URL.Path)
		}
	}
	s := newSchool(t)
	s.HandleFunc("/1", page(s, "/2?from=1"))
	s.HandleFunc("/2", page(s, "/3"))
	s.HandleFunc("/3", page(s, ""))
	s.HandleFunc("/loop", page(s, "/loop2"))
	s.HandleFunc("/loop2", page(s, "/loop"))
	s.HandleFunc("/self", page(s, s.url+"/self"))
	s.HandleFunc("/away", page(s, "http://evil.example/"))

	items, err := s.services.LineItems(t.Context(), s.access, s.url+"/1", lti.LineItemFilter{})
	if err != nil || len(items) != 3 || items[2].ID != s.url+"/3/item" {
		t.Errorf("items %v, %v", items, err)
	}
	for _, test := range []struct {
		path, verdict string
		calls         int32
	}{{"/loop", "nonsense", 2}, {"/self", "nonsense", 1}, {"/away", "refused", 1}} {
		calls.Store(0)
		_, err := s.services.LineItems(t.Context(), s.access, s.url+test.path, lti.LineItemFilter{})
		if got := verdict(serviceError(t, err)); got != test.verdict || calls.Load() != test.calls {
			t.Errorf("%s: %s after %d calls, %v", test.path, got, calls.Load(), err)
		}
	}
}

// A platform that always has another page is left at some time.
func TestPagesWithoutEnd(t *testing.T) {
	s := newSchool(t)
	calls := 0
	s.HandleFunc("/groups", func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Link", fmt.Sprintf("</groups?p=%d>; rel=next", calls))
		_, _ = io.WriteString(w, `{"groups":[]}`)
	})
	err := s.services.Groups(t.Context(), s.access, s.url+"/groups", nil)
	if e := serviceError(t, err); verdict(e) != "nonsense" || calls != 1000 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestLineItem(t *testing.T) {
	var s *school
	s, g := newGradebook(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"id":"%s/item?type_id=3","label":"Classroom","scoreMaximum":10}`, s.url)
	})
	got, err := s.services.LineItem(t.Context(), s.access, s.url+"/item?type_id=3")
	if diff := cmp.Diff(lti.LineItem{ID: s.url + "/item?type_id=3", Label: "Classroom", ScoreMaximum: 10}, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	if g.uri != "/item?type_id=3" || g.header.Get("Accept") != "application/vnd.ims.lis.v2.lineitem+json" {
		t.Errorf("%s %v", g.uri, g.header)
	}
	g.answer = says(404, "")
	_, err = s.services.LineItem(t.Context(), s.access, s.url+"/item")
	if e := serviceError(t, err); e.Status != 404 || !e.Refused() {
		t.Errorf("error %v", err)
	}
}

func TestCreateLineItem(t *testing.T) {
	var s *school
	s, g := newGradebook(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(201)
		_, _ = fmt.Fprintf(w, `{"id":"%s/items/9","label":"Attendance","scoreMaximum":100,"tag":"attendance"}`, s.url)
	})
	item := lti.LineItem{Label: "Attendance", ScoreMaximum: 100, Tag: "attendance", ResourceID: "room-1"}
	got, err := s.services.CreateLineItem(t.Context(), s.access, s.url+"/items?type_id=3", item)
	want := lti.LineItem{ID: s.url + "/items/9", Label: "Attendance", ScoreMaximum: 100, Tag: "attendance"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	const media = "application/vnd.ims.lis.v2.lineitem+json"
	if g.method != "POST" || g.uri != "/items?type_id=3" || g.header.Get("Content-Type") != media || g.header.Get("Accept") != media {
		t.Errorf("%s %s %v", g.method, g.uri, g.header)
	}
	var sent map[string]any
	decode(t, []byte(g.body), &sent)
	if diff := cmp.Diff(map[string]any{"label": "Attendance", "scoreMaximum": 100.0, "tag": "attendance", "resourceId": "room-1"}, sent); diff != "" {
		t.Errorf("sent, -want +got:\n%s", diff)
	}
	for _, body := range []string{"", "{}", `{"label":"no id"}`, "<html>"} {
		g.answer = says(201, body)
		if _, err := s.services.CreateLineItem(t.Context(), s.access, s.url+"/items", item); err == nil {
			t.Errorf("%q passes for a line item", body)
		}
	}
}

// An answer that leads our token to another place than the platform's.
func TestLineItemElsewhere(t *testing.T) {
	s, g := newGradebook(t, nil)
	list := func() error {
		_, err := s.services.LineItems(t.Context(), s.access, s.url+"/items", lti.LineItemFilter{Tag: "attendance"})
		return err
	}
	create := func() error {
		_, err := s.services.CreateLineItem(t.Context(), s.access, s.url+"/items", lti.LineItem{Label: "Attendance", ScoreMaximum: 1})
		return err
	}
	read := func() error {
		_, err := s.services.LineItem(t.Context(), s.access, s.url+"/items/1")
		return err
	}
	s.access.Platform.AuthURL = "https://sso.school.example/auth"
	for _, test := range []struct {
		id, tag string
		refused bool
	}{
		{s.url + "/items/1", "attendance", false},
		{"https://SSO.school.example:443/items/1", "attendance", false}, // is in the registration
		{"https://evil.example/steal", "attendance", true},
		{"https://school.example.evil.example/", "attendance", true},
		{"https://sso.school.example:8443/", "attendance", true},
		{strings.Replace(s.url, "http://", "https://", 1) + "/items/1", "attendance", true},
	} {
		item := fmt.Sprintf(`{"id":%q,"label":"x","scoreMaximum":1,"tag":%q}`, test.id, test.tag)
		for name, call := range map[string]func() error{"listed": list, "made": create, "read": read} {
			body := item
			if name == "listed" {
				body = `[{"id":"https://other.example/","tag":"quiz"},` + item + "]"
			}
			g.answer = says(200, body)
			err := call()
			if !test.refused && err != nil {
				t.Errorf("%s %s: %v", test.id, name, err)
			}
			if test.refused {
				if e := serviceError(t, err); e.Code != lti.CodeAddressRefused || !e.Refused() {
					t.Errorf("%s %s: %v", test.id, name, err)
				}
			}
		}
	}
}

func TestSendScore(t *testing.T) {
	at := time.Date(2026, 9, 1, 10, 0, 0, 7_654_321, time.FixedZone("CEST", 2*3600))
	full := lti.Score{Subject: "5", Given: 45, Maximum: 60, Comment: "45 of 60 minutes", Timestamp: at, StartedAt: at.Add(-time.Hour), SubmittedAt: at}
	base := map[string]any{
		"userId": "5", "scoreGiven": 45.0, "scoreMaximum": 60.0, "comment": "45 of 60 minutes", "timestamp": "2026-09-01T08:00:00.007Z",
		"activityProgress": "Completed", "gradingProgress": "FullyGraded",
	}
	with := func(name string, value any) map[string]any {
		m := map[string]any{name: value}
		for k, v := range base {
			m[k] = v
		}
		return m
	}
	submission := map[string]any{"startedAt": "2026-09-01T07:00:00.007Z", "submittedAt": "2026-09-01T08:00:00.007Z"}
	absent := lti.Score{Subject: "6", Maximum: 60, Timestamp: at}
	plain := full
	plain.StartedAt, plain.SubmittedAt = time.Time{}, time.Time{}
	tests := []struct {
		name, family, item, uri string
		score                   lti.Score
		want                    map[string]any
	}{
		{"full", "", "/item", "/item/scores", full, with("submission", submission)},
		{"query of Moodle", "moodle", "/2/lineitems/9/lineitem?type_id=6", "/2/lineitems/9/lineitem/scores?type_id=6", plain, base},
		{"escaped path", "", "/item%2F1/?a=%2F", "/item%2F1/scores?a=%2F", plain, base},
		{"zero is a grade", "", "/item", "/item/scores", absent, map[string]any{
			"userId": "6", "scoreGiven": 0.0, "scoreMaximum": 60.0, "timestamp": "2026-09-01T08:00:00.007Z",
			"activityProgress": "Completed", "gradingProgress": "FullyGraded",
		}},
		{"Canvas makes no submission of it", "Canvas", "/item", "/item/scores", plain,
			with("https://canvas.instructure.com/lti/submission", map[string]any{"new_submission": false})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, g := newGradebook(t, says(200, ""))
			s.access.Platform.Family = test.family
			if err := s.services.SendScore(t.Context(), s.access, s.url+test.item, test.score); err != nil {
				t.Fatal(err)
			}
			if g.method != "POST" || g.uri != test.uri || g.header.Get("Content-Type") != "application/vnd.ims.lis.v1.score+json" {
				t.Errorf("%s %s %v", g.method, g.uri, g.header)
			}
			var sent map[string]any
			decode(t, []byte(g.body), &sent)
			if diff := cmp.Diff(test.want, sent); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSendScoreAnswers(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "null": "", "[]": "", `{"resultUrl":"https://lms.example/results/1"}`: "", "OK": "",
		"<!DOCTYPE html><title>Log in</title>": "nonsense", "\uFEFF\r\n <html>": "nonsense",
	} {
		s, _ := newGradebook(t, says(200, body))
		err := s.services.SendScore(t.Context(), s.access, s.url+"/item", lti.Score{Subject: "5"})
		got := ""
		if err != nil {
			got = verdict(serviceError(t, err))
		}
		if got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

func TestResults(t *testing.T) {
	score := func(f float64) *float64 { return &f }
	const body = `[
		{"id":"r1","userId":"5","resultScore":7.5,"resultMaximum":10,"comment":"well\ndone","scoreOf":"x","timestamp":"2026-11-22T13:37:33+00:00"},
		{"userId":6,"resultScore":"0","resultMaximum":null},
		{"userId":"7","resultScore":null,"comment":null},
		{"resultScore":1}, null]`
	all := []lti.Result{
		{Subject: "5", Score: score(7.5), Maximum: 10, Comment: "well\ndone"},
		{Subject: "6", Score: score(0), Maximum: 1},
		{Subject: "7", Maximum: 1},
	}
	for subject, want := range map[string][]lti.Result{"": all, "6": all[1:2], "8": nil} {
		s, g := newGradebook(t, says(200, body))
		var got []lti.Result
		err := s.services.Results(t.Context(), s.access, s.url+"/item?type_id=3", subject, func(r lti.Result) error {
			got = append(got, r)
			return nil
		})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
		uri := "/item/results?type_id=3&limit=200"
		if subject != "" {
			uri = "/item/results?type_id=3&user_id=" + subject + "&limit=200"
		}
		if g.uri != uri || g.header.Get("Accept") != "application/vnd.ims.lis.v2.resultcontainer+json" {
			t.Errorf("%s %v", g.uri, g.header)
		}
	}
	s, _ := newGradebook(t, says(200, body))
	enough := errors.New("enough")
	if err := s.services.Results(t.Context(), s.access, s.url+"/item", "", func(lti.Result) error { return enough }); err != enough {
		t.Errorf("error %v", err)
	}
}

func TestGroups(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/groups", func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Values("Accept"); len(got) != 1 || got[0] != "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json" {
			t.Errorf("Accept %q", got)
		}
		if r.FormValue("p") == "" {
			w.Header().Set("Link", `<?p=2>; rel="next"`)
			_, _ = io.WriteString(w, `{"id":"x","groups":[{"id":"g1","name":"Red\u202e","tag":"t","set_id":"s1","hidden":true},{"name":"no id"}]}`)
			return
		}
		_, _ = io.WriteString(w, `{"groups":[{"id":2,"name":"Blue","set_id":1,"hidden":"false"}]}`)
	})
	var got []lti.Group
	err := s.services.Groups(t.Context(), s.access, s.url+"/groups", func(g lti.Group) error {
		got = append(got, g)
		return nil
	})
	want := []lti.Group{{ID: "g1", Name: "Red", Tag: "t", SetID: "s1", Hidden: true}, {ID: "2", Name: "Blue", SetID: "1"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestHandleNotices(t *testing.T) {
	s, g := newGradebook(t, says(200, `{"notice_type":"LtiContextCopyNotice"}`))
	for _, handler := range []string{toolAt + "/lti/notices", ""} {
		if err := s.services.HandleNotices(t.Context(), s.access, s.url+"/pns?d=7", "LtiContextCopyNotice", handler); err != nil {
			t.Fatal(err)
		}
		var sent map[string]any
		decode(t, []byte(g.body), &sent)
		if diff := cmp.Diff(map[string]any{"notice_type": "LtiContextCopyNotice", "handler": handler}, sent); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if g.method != "PUT" || g.uri != "/pns?d=7" || g.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %v", g.method, g.uri, g.header)
		}
	}
	if scopes := s.asked()[0].scopes; len(scopes) != 1 || scopes[0] != lti.ScopeNoticeHandlers {
		t.Errorf("scopes %v", scopes)
	}
	g.answer = says(400, `{"errors":{"message":"handler domain does not match"}}`)
	err := s.services.HandleNotices(t.Context(), s.access, s.url+"/pns", "LtiContextCopyNotice", "https://other.example")
	if !serviceError(t, err).Refused() {
		t.Errorf("error %v", err)
	}
}
