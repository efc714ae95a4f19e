//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// lms is a platform with services: rosters and columns of a gradebook. It does as
// little as it can, so that what is measured is who calls it.
type lms struct {
	*platform

	mu      sync.Mutex
	rosters map[string][][]byte // pages by course

	calls  atomic.Int64
	scores atomic.Int64
	last   atomic.Int64 // last pages of rosters that were given
}

// pageOf is how many members a page has: as many as the program asks for.
const pageOf = 200

// ServeHTTP answers the services' addresses of a course, as its launches tell them.
func (l *lms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.calls.Add(1)
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/token":
		l.grant(w, r)
	case len(path) == 3 && path[2] == "members":
		l.members(w, r, path[1])
	case len(path) == 5 && path[4] == "results":
		writeAnswer(w, "application/vnd.ims.lis.v2.resultcontainer+json", []byte("[]"))
	case len(path) == 5 && path[4] == "scores":
		_, _ = io.Copy(io.Discard, r.Body)
		l.scores.Add(1)
	case len(path) == 4 && path[2] == "lineitems":
		writeAnswer(w, "application/vnd.ims.lis.v2.lineitem+json", []byte(`{"id":"`+l.issuer+r.URL.Path+`","label":"Room","scoreMaximum":100}`))
	default:
		l.platform.ServeHTTP(w, r)
	}
}

// grant gives a token to everybody.
func (l *lms) grant(w http.ResponseWriter, r *http.Request) {
	scopes, err := json.Marshal(r.PostFormValue("scope"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeAnswer(w, "application/json", []byte(`{"access_token":"t","token_type":"Bearer","expires_in":3600,"scope":`+string(scopes)+`}`))
}

func writeAnswer(w http.ResponseWriter, media string, body []byte) {
	w.Header().Set("Content-Type", media)
	_, _ = w.Write(body)
}

// members is a page of a roster, with the address of the next one (NRPS §2.4.2).
func (l *lms) members(w http.ResponseWriter, r *http.Request, course string) {
	pages := l.roster(course)
	n, _ := strconv.Atoi(r.FormValue("page"))
	if n < 0 || n >= len(pages) {
		http.NotFound(w, r)
		return
	}
	if n+1 < len(pages) {
		w.Header().Set("Link", fmt.Sprintf(`<%s/courses/%s/members?limit=%d&page=%d>; rel="next"`, l.issuer, course, pageOf, n+1))
	}
	writeAnswer(w, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json", pages[n])
	if n+1 == len(pages) {
		l.last.Add(1)
	}
}

// roster makes a course's pages once. The course is called by its size: that many
// learners, and its teacher.
func (l *lms) roster(course string) [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if pages, made := l.rosters[course]; made {
		return pages
	}
	size, _ := strconv.Atoi(strings.SplitN(course, "-", 2)[0])
	members := []map[string]any{member(rosterTeacher(course))}
	for i := range size {
		members = append(members, member(rosterLearner(course, i)))
	}
	var pages [][]byte
	for from := 0; from < len(members); from += pageOf {
		page, _ := json.Marshal(map[string]any{ // texts only
			"id":      l.issuer + "/courses/" + course + "/members",
			"context": map[string]string{"id": course, "label": "C" + course, "title": "Course " + course},
			"members": members[from:min(from+pageOf, len(members))],
		})
		pages = append(pages, page)
	}
	l.rosters[course] = pages
	return pages
}

func member(p person) map[string]any {
	return map[string]any{
		"status": "Active", "roles": []string{p.role}, "user_id": p.id, "lis_person_sourcedid": p.id,
		"name": p.name(), "given_name": p.given, "family_name": p.family, "email": p.id + "@example.org",
	}
}

func rosterTeacher(course string) person {
	return person{id: course + "-teacher", given: "Teacher", family: "Of" + course, role: "Instructor", course: course}
}

func rosterLearner(course string, i int) person {
	n := strconv.Itoa(i)
	return person{id: course + "-learner-" + n, given: "Learner", family: "No" + n, role: "Learner", course: course}
}

// until waits for something to have happened, and looks as often as that. Looks at
// the program's pages cost it something, and are few.
func until(what string, often time.Duration, happened func() (bool, error)) error {
	const limit = 30 * time.Second
	for deadline := time.Now().Add(limit); ; time.Sleep(often) {
		if done, err := happened(); done || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not after %s: %s", limit, what)
		}
	}
}

const (
	ownLook  = time.Millisecond
	pageLook = 50 * time.Millisecond
)
