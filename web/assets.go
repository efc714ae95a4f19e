package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"

	"classbridge/static"

	"github.com/gin-gonic/gin"
)

// assets are the files of static/ under names that contain their digest.
type assets struct {
	paths map[string]string // app.css to /static/app.1f2e3d4c5b6a.css
	files map[string]asset  // app.1f2e3d4c5b6a.css to the file
}

type asset struct {
	kind    string
	content []byte
}

func loadAssets() (*assets, error) {
	entries, err := static.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	a := &assets{paths: map[string]string{}, files: map[string]asset{}}
	for _, e := range entries {
		content, err := static.Files.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("static file: %w", err)
		}
		ext := path.Ext(e.Name())
		digest := sha256.Sum256(content)
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(digest[:6]) + ext
		a.paths[e.Name()] = "/static/" + name
		a.files[name] = asset{kind(ext), content}
	}
	return a, nil
}

// kind does not depend on what the machine's own tables say.
func kind(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ext)
}

// Asset is the address of a file of static/. Pages ask for it.
func (a *assets) Asset(name string) string { return a.paths[name] }

func (a *assets) file(name string) asset { return a.files[path.Base(a.paths[name])] }

// serveAsset answers GET /static/:file. The name changes with the content.
func (s *Server) serveAsset(c *gin.Context) error {
	f, ok := s.assets.files[c.Param("file")]
	if !ok {
		return &statusError{http.StatusNotFound, "error.page_unknown"}
	}
	etag := `"` + c.Param("file") + `"`
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("ETag", etag)
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cross-Origin-Resource-Policy", "same-origin")
	if c.GetHeader("If-None-Match") == etag {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Data(http.StatusOK, f.kind, f.content)
	return nil
}
