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

// pages are the templates: for each page of each language one set, with the layout
// and the shared parts, parsed when somebody first sees it. What is the same at each
// visit, such as texts without values, is put in then.
type pages struct {
	texts   *locales.Catalogue
	assets  *assets
	shared  sync.Map // of *template.Template, by Printer.Lang
	parsed  sync.Map // of *template.Template, by pageKey
	buffers sync.Pool
}

type pageKey struct{ lang, page string }

func newPages(texts *locales.Catalogue, a *assets) *pages {
	p := &pages{texts: texts, assets: a}
	p.buffers.New = func() any { return new(bytes.Buffer) }
	return p
}

// in answers the page in that language.
func (p *pages) in(printer *locales.Printer, page string) (*template.Template, error) {
	key := pageKey{printer.Lang(), page}
	if t, ok := p.parsed.Load(key); ok {
		return t.(*template.Template), nil
	}
	t, err := p.parse(printer, page)
	if err != nil {
		return nil, fmt.Errorf("page %s in %s: %w", page, key.lang, err)
	}
	kept, _ := p.parsed.LoadOrStore(key, t)
	return kept.(*template.Template), nil
}

func (p *pages) parse(printer *locales.Printer, page string) (*template.Template, error) {
	shared, err := p.parts(printer)
	if err != nil {
		return nil, err
	}
	source, err := p.source(page+".html", printer)
	if err != nil {
		return nil, err
	}
	return template.Must(shared.Clone()).Parse(source)
}

// parts are what all pages share.
func (p *pages) parts(printer *locales.Printer) (*template.Template, error) {
	if t, ok := p.shared.Load(printer.Lang()); ok {
		return t.(*template.Template), nil
	}
	files, err := templates.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	shared := template.New("")
	for _, f := range files {
		if f.Name() != "layout.html" && !strings.HasPrefix(f.Name(), "part_") {
			continue
		}
		source, err := p.source(f.Name(), printer)
		if err != nil {
			return nil, err
		}
		if _, err := shared.Parse(source); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	kept, _ := p.shared.LoadOrStore(printer.Lang(), shared)
	return kept.(*template.Template), nil
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
	t, err := p.in(data.printer(), page)
	if err != nil {
		return err
	}
	b := p.buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer p.buffers.Put(b)
	if err := t.ExecuteTemplate(b, part, data); err != nil {
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
