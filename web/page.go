package web

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"time"

	"classbridge/classroom"
	"classbridge/locales"

	"github.com/gin-gonic/gin"
)

// basePage is what the layout needs; every page embeds it.
type basePage struct {
	*locales.Printer // .Text, .Lang, .Dir, .Day, .Duration
	*assets          // .Asset

	Title   string
	Scripts []string // of static/
	Styles  []string // of static/, besides the one that all pages have
	Refresh int      // seconds; for browsers without JavaScript, 0: never
	Zone    string   // of the times that the page shows without JavaScript
	Brand   *brand   // of the school whose page it is; nil: not known, or ours
}

// base is a page in the language of the person, else of the browser.
func (s *Server) base(c *gin.Context) basePage {
	return basePage{Printer: s.printer(c), assets: s.assets, Brand: s.brandOf(c)}
}

func (p basePage) printer() *locales.Printer { return p.Printer }

// keyLocale is where a handler leaves the person's language once it knows the person.
const keyLocale = "locale"

// speak leaves the person's language, or the school's own where theirs is none of
// those that it offers.
func (s *Server) speak(c *gin.Context, tenantID, locale string) {
	if t, err := s.Classroom.Store.Tenant(c.Request.Context(), tenantID); err == nil && !t.OffersAll() {
		locale = t.Offers(cmp.Or(locale, c.GetHeader("Accept-Language")))
	}
	c.Set(keyLocale, locale)
	c.Set(keyTenant, tenantID)
}

func (s *Server) printer(c *gin.Context) *locales.Printer {
	return s.Texts.For(c.GetString(keyLocale), c.GetHeader("Accept-Language"))
}

// HTML is a text whose values may be markup. The text and its plain values are
// escaped; values of type template.HTML are put in as they are.
func (p basePage) HTML(id string, args ...any) template.HTML {
	marks := []string{}
	for i := 1; i < len(args); i += 2 {
		markup, ok := args[i].(template.HTML)
		if !ok {
			continue
		}
		// A private-use character stands for it until the text is escaped.
		mark := string(rune(0xE000 + i))
		marks = append(marks, mark, string(markup))
		args[i] = mark
	}
	escaped := template.HTMLEscapeString(p.Text(id, args...))
	return template.HTML(strings.NewReplacer(marks...).Replace(escaped))
}

// Clock is a time of day. Without JavaScript it is that of the course's zone;
// the script shows it in the reader's own.
func (p basePage) Clock(t time.Time) template.HTML {
	return p.timeElement(t, "time", p.Time(t, p.zone()))
}

// Date is a day, in the same way.
func (p basePage) Date(t time.Time) template.HTML {
	return p.timeElement(t, "day", p.Day(t, p.zone()))
}

func (p basePage) zone() string {
	if p.Zone == "" {
		return "UTC"
	}
	return p.Zone
}

func (p basePage) timeElement(t time.Time, kind, text string) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s" data-local="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), kind, template.HTMLEscapeString(text)))
}

// Person is a name, kept from turning the text around it (it may be of another
// script than the page), or a word for somebody whose name the LMS withholds.
func (p basePage) Person(name string) template.HTML {
	if name == "" {
		name = p.Text("room.somebody")
	}
	return template.HTML("<bdi>" + template.HTMLEscapeString(name) + "</bdi>")
}

// Formats names the formats of a recording in BigBlueButton's own words.
func (p basePage) Formats(r classroom.Recording) string {
	if len(r.Formats) == 0 {
		return ""
	}
	return p.Text("room.play.formats", "Formats", strings.Join(r.Formats, ", "))
}
