package demo

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"

	"classbridge/lti/ltitest"
)

//go:embed assets
var assets embed.FS

// coursePages are what the LMS shows: who to be, and the course page of whoever
// one is, with the tool in a frame; for teachers also what is around a course.
type coursePages struct {
	world *World
	pages *template.Template
}

func newCoursePages(w *World) (http.Handler, error) {
	pages, err := template.ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, err
	}
	c := &coursePages{world: w, pages: pages}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.show)
	mux.HandleFunc("GET /add", c.ofTeacher(c.showAdd))
	mux.HandleFunc("GET /gradebook", c.ofTeacher(c.showGradebook))
	mux.HandleFunc("GET /participants", c.ofTeacher(c.showParticipants))
	mux.Handle("POST /participants", http.NewCrossOriginProtection().Handler(c.ofTeacher(c.changeParticipants)))
	mux.Handle("GET /assets/", http.FileServerFS(assets))
	return mux, nil
}

// deskHost is the host of the LMS's pages for one person. A browser keeps one
// session of the tool for each site that frames it. People in a school sit at
// browsers of their own; here they share one, and so each has a site.
func deskHost(p ltitest.Person) string { return "lms-" + p.Sub }

func (w *World) desk(p ltitest.Person) string { return w.at(deskHost(p)) }

// show is GET /: who to be, or with ?as= the course page of that person, on the
// site of that person.
func (c *coursePages) show(rw http.ResponseWriter, r *http.Request) {
	as := r.FormValue("as")
	p, known := personOf(as)
	switch {
	case as != "" && !known:
		http.NotFound(rw, r)
	case !known:
		c.render(rw, "choose.html", c.choice())
	case partOf(r.Host) != deskHost(p):
		http.Redirect(rw, r, c.world.desk(p)+r.URL.RequestURI(), http.StatusFound)
	default:
		c.render(rw, "course.html", c.page(p, r.FormValue("link")))
	}
}

// someone is a person as the pages show them.
type someone struct {
	Sub, Name, Part, URL string
	Me                   bool
}

// choicePage is choose.html.
type choicePage struct {
	People []someone
	Tool   string
	BBB    string
	Chat   string
}

func (c *coursePages) choice() choicePage {
	return choicePage{People: c.people(""), Tool: c.world.Tool(), BBB: c.world.BBB(), Chat: c.world.ChatURL()}
}

func (c *coursePages) people(me string) []someone {
	var all []someone
	for _, p := range persons() {
		all = append(all, someone{p.Sub, p.Name, part(p.Sub), c.world.LMS() + "/?as=" + p.Sub, p.Sub == me})
	}
	return all
}

// frame is what the LMS's pages of one person have around what they show.
type frame struct {
	Me      someone
	People  []someone
	Courses []courseMenu
	Course  ltitest.Course // the one that is shown
	Link    ltitest.Link   // none on a page of the course
	Teacher bool
	Tool    string
	Chat    string
	LMS     string
}

// courseMenu is a course with its activities.
type courseMenu struct {
	ltitest.Course
	Links []ltitest.Link
}

// frame has the courses that the person is in.
func (c *coursePages) frame(p ltitest.Person) frame {
	f := frame{
		Me: someone{p.Sub, p.Name, part(p.Sub), "", true}, People: c.people(p.Sub), Teacher: teaches(p),
		Tool: c.world.Tool(), Chat: c.world.ChatURL(), LMS: c.world.LMS(),
	}
	for _, course := range courses() {
		if c.world.enrolments.has(p.Sub, course.ID) {
			f.Courses = append(f.Courses, courseMenu{course, c.world.lms.LinksOf(course.ID)})
		}
	}
	return f
}

// coursePage is course.html.
type coursePage struct {
	frame

	Launch string // what the frame shows; empty for somebody who is in no course
}

// page shows the first activity unless another is wanted.
func (c *coursePages) page(p ltitest.Person, wanted string) coursePage {
	v := coursePage{frame: c.frame(p)}
	for _, m := range v.Courses {
		for _, l := range m.Links {
			if l.ID == wanted || v.Link.ID == "" {
				v.Course, v.Link = m.Course, l
			}
		}
	}
	if v.Link.ID != "" {
		v.Launch = "/launch?person=" + p.Sub + "&link=" + v.Link.ID
	}
	return v
}

// personOf finds whom an address names.
func personOf(sub string) (p ltitest.Person, known bool) {
	i := slices.IndexFunc(persons(), func(p ltitest.Person) bool { return p.Sub == sub })
	if i < 0 {
		return p, false
	}
	return persons()[i], true
}

func (c *coursePages) render(rw http.ResponseWriter, name string, page any) {
	var b bytes.Buffer
	if err := c.pages.ExecuteTemplate(&b, name, page); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	_, _ = b.WriteTo(rw) // only a lost connection is left to fail
}
