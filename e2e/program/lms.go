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

// adminPage lets the admin register the tool, in a frame or in a window of its own.
// It hears when the tool's page may be closed (Dynamic Registration §3.7).
const adminPage = `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:"><title>Admin</title>
<style>body{margin:0}iframe{width:100vw;height:800px;border:0}</style>
{{if .Window}}<button id="open" onclick="window.open({{.Tool}}, 'register', 'popup,width=800,height=800')">Register</button>
{{else}}<iframe title="Registration" src="{{.Tool}}"></iframe>{{end}}
<script>addEventListener("message", (e) => {
  if (e.data.subject !== "org.imsglobal.lti.close") return;
  document.body.dataset.closed = e.origin;
  if ({{.Window}}) e.source.close();
})</script>`

// serveAdmin is GET /admin?tool=&window=: the address that the tool's operator has
// sent is opened with a new token.
func serveAdmin(lms *ltitest.LMS) http.HandlerFunc {
	page := template.Must(template.New("admin").Parse(adminPage))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, map[string]any{
			"Tool": lms.RegistrationURL(r.FormValue("tool")), "Window": r.FormValue("window") != "",
		})
	}
}

func lmsPages(lms *ltitest.LMS) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /course", serveCourse)
	mux.HandleFunc("GET /admin", serveAdmin(lms))
	mux.Handle("/", lms)
	return mux
}
