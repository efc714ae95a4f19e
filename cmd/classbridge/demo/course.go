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
// one is, with the tool in a frame.
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
	i := slices.IndexFunc(persons(), func(p ltitest.Person) bool { return p.Sub == as })
	switch {
	case as != "" && i < 0:
		http.NotFound(rw, r)
	case i < 0:
		c.render(rw, "choose.html", c.choice())
	case partOf(r.Host) != deskHost(persons()[i]):
		http.Redirect(rw, r, c.world.desk(persons()[i])+r.URL.RequestURI(), http.StatusFound)
	default:
		c.render(rw, "course.html", c.page(persons()[i], r.FormValue("link")))
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

// coursePage is course.html.
type coursePage struct {
	Me      someone
	People  []someone
	Courses []courseMenu
	Course  ltitest.Course
	Link    ltitest.Link
	Launch  string // what the frame shows
	Tool    string
	Chat    string
	LMS     string
}

// courseMenu is a course with its activities.
type courseMenu struct {
	ltitest.Course
	Links []ltitest.Link
}

// page shows the first activity unless another is wanted.
func (c *coursePages) page(p ltitest.Person, wanted string) coursePage {
	link := links()[0]
	for _, l := range links() {
		if l.ID == wanted {
			link = l
		}
	}
	v := coursePage{
		Me: someone{p.Sub, p.Name, part(p.Sub), "", true}, People: c.people(p.Sub), Link: link,
		Launch: "/launch?person=" + p.Sub + "&link=" + link.ID, Tool: c.world.Tool(), Chat: c.world.ChatURL(), LMS: c.world.LMS(),
	}
	for _, course := range courses() {
		m := courseMenu{Course: course}
		for _, l := range links() {
			if l.CourseID == course.ID {
				m.Links = append(m.Links, l)
			}
		}
		v.Courses = append(v.Courses, m)
		if course.ID == link.CourseID {
			v.Course = course
		}
	}
	return v
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
