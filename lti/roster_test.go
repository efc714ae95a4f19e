package lti_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

func TestRosterURL(t *testing.T) {
	tests := []struct {
		url   string
		limit int
		want  string
	}{
		{"https://lms.example/roster", 100, "https://lms.example/roster?limit=100&groups=true"},
		{"https://lms.example/roster", 0, "https://lms.example/roster?groups=true"},
		{"https://lms.example/Roster?rlid=A%2Fb", 50, "https://lms.example/Roster?rlid=A%2Fb&limit=50&groups=true"},
		{"https://lms.example/roster?limit=10&groups=false", 50, "https://lms.example/roster?limit=10&groups=false"},
		{"https://lms.example/roster?#part", 50, "https://lms.example/roster?limit=50&groups=true"},
	}
	for _, test := range tests {
		if got := lti.RosterURL(test.url, test.limit); got != test.want {
			t.Errorf("%s, %d: %s, want %s", test.url, test.limit, got, test.want)
		}
	}
}

func TestMembers(t *testing.T) {
	role := func(word string) []lti.Role { return lti.ParseRoles([]string{word}) }
	tests := []struct {
		name, member string
		want         lti.Member // without a subject: left out
	}{
		{"full", `{"user_id":"5","status":"Active","name":"Sam Student","given_name":"Sam","family_name":"Student","email":"sam@example.edu","lis_person_sourcedid":"sis-5","roles":["Learner"],"picture":"https://lms.example/sam.png"}`,
			lti.Member{Subject: "5", Status: lti.MemberActive, Name: "Sam Student", GivenName: "Sam", FamilyName: "Student", Email: "sam@example.edu", SourcedID: "sis-5", Roles: role("Learner")}},
		{"least", `{"user_id":"5","roles":[]}`, lti.Member{Subject: "5", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"id is a number", `{"user_id":12345678901234567890,"lis_person_sourcedid":77}`, lti.Member{Subject: "12345678901234567890", SourcedID: "77", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"names escaped by Moodle", `{"user_id":"5","name":"R&amp;D &quot;Lab&quot;","given_name":"R&amp;D","family_name":"O&#039;Neil"}`,
			lti.Member{Subject: "5", Name: `R&D "Lab"`, GivenName: "R&D", FamilyName: "O'Neil", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"escaped once, undone once", `{"user_id":"5","name":"&amp;lt;b&amp;gt;"}`, lti.Member{Subject: "5", Name: "&lt;b&gt;", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"name made of its parts", `{"user_id":"5","given_name":"Zoë","family_name":"Ångström"}`,
			lti.Member{Subject: "5", Name: "Zoë Ångström", GivenName: "Zoë", FamilyName: "Ångström", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"texts are cleaned", `{"user_id":"5","name":"A\u202eB\n&#10;C\u0000","email":"a@example.edu\r\nBcc: x"}`,
			lti.Member{Subject: "5", Name: "AB  C", Email: "a@example.edu  Bcc: x", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"inactive", `{"user_id":"5","status":"Inactive"}`, lti.Member{Subject: "5", Status: lti.MemberInactive, Roles: []lti.Role{}}},
		{"deleted", `{"user_id":"5","status":"deleted"}`, lti.Member{Subject: "5", Status: lti.MemberDeleted, Roles: []lti.Role{}}},
		{"status of another vocabulary", `{"user_id":"5","status":"Suspended"}`, lti.Member{Subject: "5", Status: lti.MemberInactive, Roles: []lti.Role{}}},
		{"no status", `{"user_id":"5","status":null}`, lti.Member{Subject: "5", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"lone role", `{"user_id":"5","roles":"http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"}`,
			lti.Member{Subject: "5", Status: lti.MemberActive, Roles: role("http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor")}},
		{"groups", `{"user_id":"5","group_enrollments":[{"group_id":"g1"},{"group_id":2},{},null,"g4"]}`,
			lti.Member{Subject: "5", Status: lti.MemberActive, Roles: []lti.Role{}, Groups: []string{"g1", "2"}}},
		{"groups that are none", `{"user_id":"5","group_enrollments":{"group_id":"g1"}}`, lti.Member{Subject: "5", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"wrong types", `{"user_id":"5","name":7,"email":["x"],"status":1,"roles":{"a":1}}`, lti.Member{Subject: "5", Status: lti.MemberActive, Roles: []lti.Role{}}},
		{"no id", `{"name":"Nobody","roles":["Instructor"]}`, lti.Member{}},
		{"id too long", `{"user_id":"` + strings.Repeat("x", 256) + `"}`, lti.Member{}},
		{"id with a control character", `{"user_id":"5\u0000"}`, lti.Member{}},
		{"no object", `"5"`, lti.Member{}},
		{"null", `null`, lti.Member{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			s.HandleFunc("/roster", says(200, `{"members":[`+test.member+`,{"user_id":"next"}],"context":{"id":2}}`))
			got, err := s.roster(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := []lti.Member{{Subject: "next", Status: lti.MemberActive, Roles: []lti.Role{}}}
			if test.want.Subject != "" {
				want = append([]lti.Member{test.want}, want...)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The addresses of pages are opaque, and not to be followed everywhere.
func TestMembersPage(t *testing.T) {
	const next = "/Roster?Page=2&x=a%2Fb"
	tests := []struct {
		name  string
		links []string // HERE stands for the origin
		next  string
		diff  string
		code  string // of the refusal
		nonce bool   // the answer makes no sense
	}{
		{"none", nil, "", "", "", false},
		{"quoted", []string{`<HERE` + next + `>; rel="next"`}, "HERE" + next, "", "", false},
		{"without quotes", []string{`<HERE` + next + `>;rel=next`}, "HERE" + next, "", "", false},
		{"typographic quotes of Moodle", []string{`<HERE` + next + `>; rel=“next”`}, "HERE" + next, "", "", false},
		{"upper case", []string{`<HERE` + next + `>; REL="NEXT"`}, "HERE" + next, "", "", false},
		{"several words", []string{`<HERE` + next + `>; rel="last next"`}, "HERE" + next, "", "", false},
		{"several links", []string{`<HERE/1>; rel="first", <HERE` + next + `>; title="a, b; rel=x"; rel="next",<HERE/d?s=1>; rel="differences"`}, "HERE" + next, "HERE/d?s=1", "", false},
		{"several headers", []string{`<HERE/1>; rel="current"`, `<HERE` + next + `>; rel="next"`}, "HERE" + next, "", "", false},
		{"comma and semicolon in the address", []string{`<HERE/r?ids=1,2;3>; rel="next"`}, "HERE/r?ids=1,2;3", "", "", false},
		{"relative", []string{`<` + next + `>; rel="next"`}, "HERE" + next, "", "", false},
		{"relative to the folder", []string{`<more?p=2>; rel="next"`}, "HERE/more?p=2", "", "", false},
		{"only a query", []string{`<?p=2>; rel="next"`}, "HERE/roster?p=2", "", "", false},
		{"another relation", []string{`<HERE` + next + `>; rel="nextish"`, `<HERE/2>; title="rel=next"`}, "", "", "", false},
		{"broken", []string{`HERE/2; rel="next"`, `<HERE/2; rel="next"`, `rel="next"`, ``}, "", "", "", false},
		{"this page", []string{`<HERE/roster>; rel="next"`}, "", "", "", true},
		{"not an address", []string{`<http://%zz/>; rel="next"`}, "", "", "", true},
		{"another host", []string{`<http://evil.example/roster>; rel="next"`}, "", "", lti.CodeAddressRefused, false},
		{"another host without a scheme", []string{`<//evil.example/roster>; rel="next"`}, "", "", lti.CodeAddressRefused, false},
		{"another port", []string{`<HERE1/roster>; rel="next"`}, "", "", lti.CodeAddressRefused, false},
		{"another scheme", []string{`<file:///etc/passwd>; rel="next"`}, "", "", lti.CodeAddressRefused, false},
		{"differences of another host", []string{`<http://evil.example/d>; rel="differences"`}, "", "", lti.CodeAddressRefused, false},
		{"with a user", []string{`<http://x@HOST/2>; rel="next"`}, "", "", lti.CodeAddressRefused, false},
		{"longer than any", []string{`<HERE/` + strings.Repeat("x", 5000) + `>; rel="next"`}, "", "", lti.CodeAddressRefused, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			here := strings.NewReplacer("HERE", s.url, "HOST", strings.TrimPrefix(s.url, "http://"))
			s.HandleFunc("/roster", func(w http.ResponseWriter, _ *http.Request) {
				for _, link := range test.links {
					w.Header().Add("Link", here.Replace(link))
				}
				_, _ = io.WriteString(w, `{"context":{"id":"c1"},"members":[{"user_id":"1"}]}`)
			})
			members := 0
			page, err := s.services.Members(t.Context(), s.access, s.url+"/roster", func(lti.Member) error { members++; return nil })
			if test.code != "" || test.nonce {
				if e := serviceError(t, err); e.Code != test.code || members != 0 {
					t.Errorf("%d members, %v", members, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := lti.MembersPage{ContextID: "c1", Next: here.Replace(test.next), Differences: here.Replace(test.diff)}
			if diff := cmp.Diff(want, page); diff != "" || members != 1 {
				t.Errorf("%d members, -want +got:\n%s", members, diff)
			}
		})
	}
}

func TestMembersAcceptHeader(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", func(w http.ResponseWriter, r *http.Request) {
		want := []string{"application/vnd.ims.lti-nrps.v2.membershipcontainer+json"}
		if diff := cmp.Diff(want, r.Header.Values("Accept")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		_, _ = io.WriteString(w, emptyRoster)
	})
	if _, err := s.roster(t.Context()); err != nil {
		t.Error(err)
	}
}

// An error of the caller ends the page and comes back as it is.
func TestMembersCallerEnds(t *testing.T) {
	s := newSchool(t)
	s.HandleFunc("/roster", says(200, `{"members":[{"user_id":"1"},{"user_id":"2"}]}`))
	full := errors.New("database is full")
	calls := 0
	_, err := s.services.Members(t.Context(), s.access, s.url+"/roster", func(lti.Member) error { calls++; return full })
	if err != full || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// The first members are there before the platform has sent the last ones.
func TestMembersStream(t *testing.T) {
	s := newSchool(t)
	got := make(chan struct{})
	s.HandleFunc("/roster", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"members":[{"user_id":"1"},`)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-got:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, `{"user_id":"2"}]}`)
	})
	seen := 0
	_, err := s.services.Members(t.Context(), s.access, s.url+"/roster", func(lti.Member) error {
		if seen++; seen == 1 {
			close(got)
		}
		return nil
	})
	if err != nil || seen != 2 {
		t.Errorf("%d members, %v", seen, err)
	}
}

// The memory for a roster does not grow with it.
func TestMembersInConstantMemory(t *testing.T) {
	const people = 40_000 // 16 MB
	s := newSchool(t)
	s.HandleFunc("/roster", func(w http.ResponseWriter, _ *http.Request) { writeRoster(w, people) })
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, seen := uint64(0), 0
	_, err := s.services.Members(t.Context(), s.access, s.url+"/roster", func(lti.Member) error {
		if seen++; seen%10_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || seen != people {
		t.Fatalf("%d members, %v", seen, err)
	}
	if most > before.HeapAlloc+4<<20 {
		t.Errorf("from %d to %d bytes", before.HeapAlloc, most)
	}
}

// writeRoster is a roster as Moodle writes it: in one page, with a message for
// each member.
func writeRoster(w io.Writer, people int) {
	_, _ = io.WriteString(w, `{"id":"r","context":{"id":"2","label":"ALG101","title":"Algebra 101"},"members":[`)
	for i := range people {
		comma := ","
		if i == 0 {
			comma = ""
		}
		_, _ = fmt.Fprintf(w, `%s{"status":"Active","roles":["Learner"],"user_id":"%d","lis_person_sourcedid":"sis-student%d",`+
			`"name":"Sam Student %d","given_name":"Sam","family_name":"Student %d","email":"student%d@example.edu","ext_user_username":"student%d",`+
			`"message":[{"https://purl.imsglobal.org/spec/lti/claim/message_type":"LtiResourceLinkRequest","https://purl.imsglobal.org/spec/lti/claim/custom":{"room":"algebra"}}]}`,
			comma, i, i, i, i, i, i)
	}
	_, _ = io.WriteString(w, `]}`)
}

// readRoster counts the members of the one page at /roster.
func (s *school) readRoster(ctx context.Context) (seen int, err error) {
	_, err = s.services.Members(ctx, s.access, s.url+"/roster", func(lti.Member) error { seen++; return nil })
	return seen, err
}
