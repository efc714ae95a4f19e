package web

import (
	"os"
	"strings"
	"testing"
)

func TestPreview(t *testing.T) {
	dir := os.Getenv("PREVIEW")
	if dir == "" {
		t.Skip()
	}
	all, _ := loadPages()
	a, _ := loadAssets()
	for n, p := range a.paths {
		b := a.files[strings.TrimPrefix(p, "/static/")].content
		os.MkdirAll(dir+"/static", 0o755)
		os.WriteFile(dir+p, b, 0o644)
		_ = n
	}
	for _, p := range samplePages(t) {
		all.execute(p.page, "layout", p.data, func(b []byte) { os.WriteFile(dir+"/"+p.name+".html", b, 0o644) })
	}
}
