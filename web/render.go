package web

import (
	"bytes"
	"fmt"
	"html/template"
	"path"
	"strings"
	"sync"

	"classbridge/templates"

	"github.com/gin-gonic/gin"
)

// pages are the parsed templates, one set a page, each with the layout and the
// shared parts.
type pages struct {
	sets    map[string]*template.Template
	buffers sync.Pool
}

func loadPages() (*pages, error) {
	names, err := templates.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	shared, err := template.New("").ParseFS(templates.Files, "layout.html", "part_*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	p := &pages{sets: map[string]*template.Template{}}
	p.buffers.New = func() any { return new(bytes.Buffer) }
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file.Name()), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		set, err := template.Must(shared.Clone()).ParseFS(templates.Files, file.Name())
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		p.sets[name] = set
	}
	return p, nil
}

// execute renders one template of a page's set into a buffer of the pool, which
// then goes to use.
func (p *pages) execute(page, part string, data any, use func([]byte)) error {
	b := p.buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer p.buffers.Put(b)
	if err := p.sets[page].ExecuteTemplate(b, part, data); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	use(b.Bytes())
	return nil
}

// render answers a whole page. Nothing is written when the template fails.
func (s *Server) render(c *gin.Context, status int, page string, data any, h headers) error {
	return s.pages.execute(page, "layout", data, func(b []byte) {
		h.write(c, s)
		c.Data(status, "text/html; charset=utf-8", b)
	})
}

// renderPart answers a part of a page, for the script of the page that shows it.
func (s *Server) renderPart(c *gin.Context, status int, page, part string, data any) error {
	return s.pages.execute(page, part, data, func(b []byte) {
		headers{}.write(c, s)
		c.Data(status, "text/html; charset=utf-8", b)
	})
}
