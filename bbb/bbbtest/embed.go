package bbbtest

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
)

//go:embed templates static
var files embed.FS

// render answers with a page made of the layout and one template. They are read
// anew each time: few people ever meet here.
func (s *Server) render(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	t, err := template.ParseFS(files, "templates/layout.html", "templates/"+name)
	if err == nil {
		err = t.ExecuteTemplate(&page, "layout", data)
	}
	if err != nil {
		s.cfg.Logger.Error("page not rendered", "page", name, "err", err)
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address is as good as a key
	w.WriteHeader(status)
	page.WriteTo(w)
}
