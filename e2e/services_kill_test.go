//go:build e2e

package e2e_test

import (
	"fmt"
	"html"
	"math"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"classbridge/e2e/program"
	"classbridge/lti/ltitest"
)

// The courses of the test, by number: in two of them grades are sent, in two the
// roster is read, when the program is killed.
const (
	gradedCourse = 0 // killed while scores are sent
	columnCourse = 1 // killed while the column is made
	leftCourse   = 2 // its roster was read once; somebody has left since
	newCourse    = 3 // its roster is read for the first time
)

const (
	crowd      = 300 // learners besides, of the courses whose rosters are read
	rosterPage = 25
)

func crowdMember(n int) string { return "crowd-" + strconv.Itoa(n) }

// crowded are learners of the large courses alone.
func crowded() []ltitest.Person {
	var list []ltitest.Person
	for n := range crowd {
		list = append(list, ltitest.Person{
			Sub: crowdMember(n), Name: "Crowd " + strconv.Itoa(n), Email: crowdMember(n) + "@canary.example", Roles: []string{ltitest.Learner},
			Courses: []string{"course-" + strconv.Itoa(leftCourse), "course-" + strconv.Itoa(newCourse)},
		})
	}
	return list
}

// TestKilledWhileAskingTheLMS: kill -9 while rosters are read page by page, while a
// column is made and while the grades of a class are sent. Afterwards everybody of
// the roster is enrolled once and nobody else, and each grade is in the LMS, in the
// one column.
func TestKilledWhileAskingTheLMS(t *testing.T) {
	t.Parallel()
	for database, open := range databases() {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			lms := ltitest.Reference()
			lms.Roster.Max = rosterPage
			s := program.Open(t, program.Options{Binary: plain, NoChat: true, Database: open(t), LMS: lms, People: crowded()})
			k := &asking{T: t, s: s, wanted: map[int]map[string]float64{}}
			k.prepare()
			// SQLite takes up at once what was being done, and has two workers for LMSs;
			// PostgreSQL four, and what died with its process waits for a minute.
			if s.Database == "" {
				k.killAt(k.scores(), k.pages(leftCourse, 1, 13))
				k.killAt(k.column(), k.pages(newCourse, 1, 6))
				k.killAt(k.pages(newCourse, 8, 13))
			} else {
				k.killAt(k.scores(), k.pages(leftCourse, 1, 13), k.column(), k.pages(newCourse, 1, 13))
			}
			k.everybodyOnce()
			k.everyGrade()
			checkAccess(t, s)
			checkEmails(t, s, crowdMember(7)+"@canary.example", "terry@example.org", "lee@example.org")
		})
	}
}

// asking is one run. Terry teaches in a browser of his own for each course, Lee learns.
type asking struct {
	*testing.T
	s      *program.School
	terry  [4]*program.Visitor
	lee    *program.Visitor           // in leftCourse, and never out of it
	wanted map[int]map[string]float64 // percents, by course and name
}

// point is where the program is killed, and what makes it go there.
type point struct {
	name   string
	moment program.Moment
	match  program.Match
	act    func()
}

func (k *asking) prepare() {
	k.Helper()
	for n := range newCourse {
		k.terry[n] = launched(k.T, k.s, program.Terry, n)
	}
	k.lee = launched(k.T, k.s, program.Lee, leftCourse)
	for n := range newCourse {
		eventually(k.T, patience, func() error { return k.lists(n, k.roster(n)) })
	}
	for _, n := range []int{gradedCourse, columnCourse} {
		k.correct(n)
	}
}

// correct makes the room's attendance a grade and gives everybody one of their own.
func (k *asking) correct(n int) {
	k.Helper()
	v := k.terry[n]
	k.submit(v, v.Room+"/settings", "/settings", "graded", "yes")
	page := k.get(v, v.Room+"/grades")
	k.wanted[n] = map[string]float64{}
	rows := regexp.MustCompile(`<tr data-person="([^"]+)"[^>]*>\s*<th scope="row"><bdi>([^<]*)<`).FindAllStringSubmatch(page.Body, -1)
	for i, row := range rows {
		percent := float64(i+1) + 0.5
		k.wanted[n][html.UnescapeString(row[2])] = percent
		_, err := v.Submit(k.Context(), page, "/grades/correct", "person", row[1], "act", "set", "percent", strconv.FormatFloat(percent, 'f', 1, 64))
		if err != nil {
			k.Fatal(err)
		}
	}
	if len(rows) != program.Class+2 { // Lee and Sam
		k.Fatalf("%d people are graded, want %d: %s", len(rows), program.Class+2, page)
	}
}

// scores is a score of many, in gradedCourse.
func (k *asking) scores() point {
	left := 1 + rand.IntN(program.Class)
	return point{
		name: fmt.Sprintf("score %d", left), moment: anyMoment(),
		match: func(r *http.Request, _ string) bool {
			if r.Method == http.MethodPost && inCourse(r, gradedCourse) && strings.HasSuffix(r.URL.Path, "/scores") {
				left--
			}
			return left == 0
		},
		act: func() { k.send(gradedCourse) },
	}
}

// column is when the LMS has made the column, and we do not know.
func (k *asking) column() point {
	return point{
		name: "column", moment: program.BeforeAnswer,
		match: func(r *http.Request, _ string) bool {
			return r.Method == http.MethodPost && inCourse(r, columnCourse) && strings.HasSuffix(r.URL.Path, "/lineitems")
		},
		act: func() { k.send(columnCourse) },
	}
}

// pages is one page of a roster between these.
func (k *asking) pages(course, from, to int) point {
	page := from + rand.IntN(to-from+1)
	return point{
		name: fmt.Sprintf("page %d of course %d", page, course), moment: anyMoment(),
		match: func(r *http.Request, _ string) bool {
			return inCourse(r, course) && strings.HasSuffix(r.URL.Path, "/members") && r.FormValue("from") == strconv.Itoa(page*rosterPage)
		},
		act: func() { k.read(course) },
	}
}

func anyMoment() program.Moment { return program.Moment(rand.IntN(2)) }

func inCourse(r *http.Request, n int) bool {
	return strings.HasPrefix(r.URL.Path, "/courses/course-"+strconv.Itoa(n)+"/")
}

func (k *asking) send(course int) {
	k.submit(k.terry[course], k.terry[course].Room+"/grades", "/grades/send")
}

// read has a roster read: for the first time by the first launch, again by the
// teacher's wish, after somebody has left.
func (k *asking) read(course int) {
	switch {
	case course == leftCourse:
		k.s.LMS.Remove(crowdMember(11))
		k.submit(k.terry[course], k.terry[course].Room+"/people", "/people/read")
	case k.terry[course] == nil:
		k.terry[course] = launched(k.T, k.s, program.Terry, course)
	}
}

// killAt has the program get to all of the points, and then kills it.
func (k *asking) killAt(points ...point) {
	k.Helper()
	var holds []*program.Hold
	for _, p := range points {
		holds = append(holds, k.s.LMSGate.Stop(p.moment, p.match))
	}
	for _, p := range points {
		p.act()
	}
	for n, p := range points {
		select {
		case <-holds[n].Reached():
		case <-time.After(patience):
			k.Fatalf("it never got to %s", p.name)
		}
		k.Logf("killed at %s, moment %d", p.name, p.moment)
	}
	k.s.Kill()
	for _, h := range holds {
		h.Lose()
	}
	for _, p := range k.s.Processes {
		p.Start(k)
	}
}

// roster are the names of those who are in a course.
func (k *asking) roster(course int) []string {
	names := []string{"Terry Teacher", "Lee Learner", "Sam Student"}
	for n := range program.Class {
		names = append(names, "Learner "+strconv.Itoa(n))
	}
	for n := range crowd {
		if course >= leftCourse {
			names = append(names, "Crowd "+strconv.Itoa(n))
		}
	}
	return names
}

// everybodyOnce: the courses have those whom their rosters have, once each. Lee never
// was outside: the session is still good.
func (k *asking) everybodyOnce() {
	k.Helper()
	stayed := slices.DeleteFunc(k.roster(leftCourse), func(name string) bool { return name == "Crowd 11" })
	eventually(k.T, 3*time.Minute, func() error { return k.lists(leftCourse, stayed) })
	all := slices.DeleteFunc(k.roster(newCourse), func(name string) bool { return name == "Crowd 11" })
	eventually(k.T, 3*time.Minute, func() error { return k.lists(newCourse, all) })
	if page := k.get(k.terry[leftCourse], k.terry[leftCourse].Room+"/people"); !strings.Contains(page.Body, "Crowd 11<") {
		k.Error("who has left is not told as such")
	}
	if ended := k.ended(newCourse); ended != 0 {
		k.Errorf("%d enrolments of the new course have ended", ended)
	}
	if ended := k.ended(leftCourse); ended != 1 {
		k.Errorf("%d enrolments have ended, want that of the one who left", ended)
	}
	if page := k.get(k.lee, k.lee.Room); page.Status != http.StatusOK {
		k.Errorf("Lee was put out: %s", page)
	}
}

// lists reports whether the pages of people have other names than these.
func (k *asking) lists(course int, want []string) error {
	var got []string
	v := k.terry[course]
	for number := 1; ; number++ {
		page := k.get(v, v.Room+"/people?page="+strconv.Itoa(number))
		table, _, _ := strings.Cut(page.Body, `id="ended"`)
		for _, row := range regexp.MustCompile(`<th scope="row">(?:<bdi[^>]*>)?([^<]*)<`).FindAllStringSubmatch(table, -1) {
			got = append(got, html.UnescapeString(row[1]))
		}
		if !strings.Contains(page.Body, "?page="+strconv.Itoa(number+1)+`"`) {
			break
		}
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		return fmt.Errorf("course %d has %d people, want %d: %v", course, len(got), len(want), got)
	}
	return nil
}

// ended counts those who have left, as the page says.
func (k *asking) ended(course int) int {
	v := k.terry[course]
	_, list, _ := strings.Cut(k.get(v, v.Room+"/people").Body, `id="ended"`)
	list, _, _ = strings.Cut(list, "</details>")
	return strings.Count(list, "<li>")
}

// everyGrade is in the LMS, in one column; what was sent twice was newer then.
func (k *asking) everyGrade() {
	k.Helper()
	for course, want := range k.wanted {
		eventually(k.T, 3*time.Minute, func() error { return k.graded(course, want) })
		if columns := k.s.LMS.LineItems("course-" + strconv.Itoa(course)); len(columns) != 1 {
			k.Errorf("course %d has %d columns: %+v", course, len(columns), columns)
		}
		page := k.get(k.terry[course], k.terry[course].Room+"/grades")
		if sent := strings.Count(page.Body, `data-state="sent"`); sent != len(want) {
			k.Errorf("the page says that %d grades were sent, want %d", sent, len(want))
		}
	}
	k.neverOlder()
}

func (k *asking) graded(course int, want map[string]float64) error {
	got := map[string]float64{}
	for _, g := range k.s.LMS.Grades() {
		if g.Course == "course-"+strconv.Itoa(course) && g.Given != nil {
			got[k.name(g.Person)] = math.Round(*g.Given/g.Maximum*1000) / 10
		}
	}
	for name, percent := range want {
		if there, is := got[name]; !is || there != percent {
			return fmt.Errorf("%s has %v in course %d, want %v (%d of %d grades are there)", name, there, course, percent, len(got), len(want))
		}
	}
	return nil
}

func (k *asking) name(sub string) string {
	switch sub {
	case program.Lee:
		return "Lee Learner"
	case program.Sam:
		return "Sam Student"
	}
	return "Learner " + strings.TrimPrefix(sub, "learner-")
}

// neverOlder: the scores of a person have ever newer timestamps, and the LMS took all.
func (k *asking) neverOlder() {
	k.Helper()
	last := map[string]time.Time{}
	for _, e := range k.s.Tape.Exchanges() {
		path, _, _ := strings.Cut(e.URL, "?")
		if e.Where != "lms" || !strings.HasSuffix(path, "/scores") || e.Status == 0 {
			continue
		}
		if e.Status >= http.StatusBadRequest {
			k.Errorf("the LMS refused a score: %s: %s", e, e.Answer.Body)
		}
		at := must(time.Parse(time.RFC3339Nano, anyField(e.Request.Body, "timestamp")))
		of := path + " " + anyField(e.Request.Body, "userId")
		if !at.After(last[of]) {
			k.Errorf("a score of %s is of %s after one of %s", of, at, last[of])
		}
		last[of] = at
	}
}

func anyField(body, name string) string {
	found := regexp.MustCompile(`"` + name + `":\s*"([^"]*)"`).FindStringSubmatch(body)
	if found == nil {
		return ""
	}
	return found[1]
}

func (k *asking) get(v *program.Visitor, path string) program.Place {
	k.Helper()
	page, err := v.Get(k.Context(), path)
	if err != nil {
		k.Fatal(err)
	}
	return page
}

// submit opens a page and sends a form of it.
func (k *asking) submit(v *program.Visitor, path, form string, set ...string) {
	k.Helper()
	page, err := v.Submit(k.Context(), k.get(v, path), form, set...)
	if err == nil && page.Status != http.StatusOK {
		err = fmt.Errorf("%s led to %s", form, page)
	}
	if err != nil {
		k.Fatal(err)
	}
}
