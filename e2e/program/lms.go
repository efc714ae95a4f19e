package program

import (
	"html/template"
	"net/http"
	"strconv"
	"testing"

	"classbridge/lti/ltitest"
)

// Courses is how many courses a school has, each with one room.
const Courses = 200

// CourseTitle and CourseLink are those of course n, from 0.
func CourseTitle(n int) string { return "Course " + strconv.Itoa(n) }

// CourseLink is the resource link of the room of course n.
func CourseLink(n int) string { return "link-" + strconv.Itoa(n) }

// RoomTitle is the title of the room of course n.
func RoomTitle(n int) string { return "Class " + strconv.Itoa(n) }

// newLMS makes an LMS with its people and courses.
func newLMS(t testing.TB, c ltitest.Config) *ltitest.LMS {
	t.Helper()
	for n := range Courses {
		id := "course-" + strconv.Itoa(n)
		c.Courses = append(c.Courses, ltitest.Course{ID: id, Label: "C" + strconv.Itoa(n), Title: CourseTitle(n)})
		c.Links = append(c.Links, ltitest.Link{ID: CourseLink(n), Title: RoomTitle(n), CourseID: id})
	}
	lms, err := ltitest.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return lms
}

// coursePage frames the tool as LMSs do.
const coursePage = `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:">
<meta name="viewport" content="width=device-width"><title>Course</title>
<style>body{margin:0}iframe{width:min(883px,100vw);height:600px;border:0}</style>
<iframe title="Classroom" src="/launch?person={{.Person}}&amp;link={{.Link}}"
allow="microphone; camera; display-capture; fullscreen"></iframe>`

// serveCourse is GET /course?person=&link=: a page of a course with the tool in it.
func serveCourse(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := template.Must(template.New("course").Parse(coursePage))
	_ = page.Execute(w, map[string]string{"Person": r.FormValue("person"), "Link": r.FormValue("link")})
}

func serveLMS(lms *ltitest.LMS) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /course", serveCourse)
	mux.Handle("/", lms)
	return mux
}
