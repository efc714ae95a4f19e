package web

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"sync"

	"classbridge/locales"
	"classbridge/templates"

	"github.com/gin-gonic/gin"
)

// pages are the parsed templates: for each language one set a page, with the
// layout and the shared parts. What is the same at each visit, such as texts
// without values, is put in when a language is first used.
type pages struct {
	texts     *locales.Catalogue
	assets    *assets
	languages sync.Map // of *language, by Printer.Lang
	buffers   sync.Pool
}

type language map[string]*template.Template

// loadPages parses everything in English once, so that mistakes show at start.
func loadPages(texts *locales.Catalogue, a *assets) (*pages, error) {
	p := &pages{texts: texts, assets: a}
	p.buffers.New = func() any { return new(bytes.Buffer) }
	_, err := p.in(texts.For("en"))
	return p, err
}

// in answers the pages in that language.
func (p *pages) in(printer *locales.Printer) (language, error) {
	if l, ok := p.languages.Load(printer.Lang()); ok {
		return l.(language), nil
	}
	l, err := p.parse(printer)
	if err != nil {
		return nil, fmt.Errorf("templates in %s: %w", printer.Lang(), err)
	}
	p.languages.Store(printer.Lang(), l)
	return l, nil
}

func (p *pages) parse(printer *locales.Printer) (language, error) {
	files, err := templates.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	shared, own := template.New(""), map[string]string{}
	for _, f := range files {
		source, err := p.source(f.Name(), printer)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(f.Name(), ".html")
		if name != "layout" && !strings.HasPrefix(name, "part_") {
			own[name] = source
			continue
		}
		if _, err := shared.Parse(source); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	l := language{}
	for name, source := range own {
		if l[name], err = template.Must(shared.Clone()).Parse(source); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return l, nil
}

// constant is what a template asks for and gets the same at each visit.
var constant = regexp.MustCompile(`\{\{\$?\.(Text|Asset|Lang|Dir)(?: "([a-z_.]+)")?\}\}`)

// source is a template with its constants in place.
func (p *pages) source(file string, printer *locales.Printer) (string, error) {
	raw, err := templates.Files.ReadFile(file)
	if err != nil {
		return "", err
	}
	source := constant.ReplaceAllStringFunc(string(raw), func(action string) string {
		asked := constant.FindStringSubmatch(action)
		value, ok := p.constant(printer, asked[1], asked[2])
		if !ok {
			err = fmt.Errorf("%s: there is no %s %s", file, asked[1], asked[2])
		}
		return template.HTMLEscapeString(value)
	})
	return source, err
}

func (p *pages) constant(printer *locales.Printer, kind, id string) (value string, ok bool) {
	switch kind {
	case "Text":
		return printer.Text(id), p.texts.Has(id)
	case "Asset":
		value = p.assets.Asset(id)
		return value, value != ""
	case "Lang":
		return printer.Lang(), true
	}
	return printer.Dir(), true
}

// localized is any page: it knows its language.
type localized interface{ printer() *locales.Printer }

// execute renders one template of a page's set into a buffer of the pool, which
// then goes to use.
func (p *pages) execute(page, part string, data localized, use func([]byte)) error {
	l, err := p.in(data.printer())
	if err != nil {
		return err
	}
	b := p.buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer p.buffers.Put(b)
	if err := l[page].ExecuteTemplate(b, part, data); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	use(b.Bytes())
	return nil
}

// render answers a whole page. Nothing is written when the template fails.
func (s *Server) render(c *gin.Context, status int, page string, data localized, h headers) error {
	return s.pages.execute(page, "layout", data, func(b []byte) {
		h.write(c, s)
		c.Data(status, "text/html; charset=utf-8", carriedBy(c).into(b, c.Request.URL))
	})
}

// renderPart answers a part of a page, for the script of the page that shows it.
func (s *Server) renderPart(c *gin.Context, status int, page, part string, data localized) error {
	return s.pages.execute(page, part, data, func(b []byte) {
		headers{}.write(c, s)
		c.Data(status, "text/html; charset=utf-8", carriedBy(c).into(b, c.Request.URL))
	})
}
