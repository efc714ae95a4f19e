package web

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	pathAccents = "/brand/accent/"
	pathLogos   = "/brand/logo/"
)

// keyTenant is where a handler leaves whose page it is, once it knows.
const keyTenant = "tenant"

// brand is how a school's pages look.
type brand struct {
	Name   string // of the school
	Accent string // address of its colours; empty: ours
	Logo   string // address of its picture; empty: none
}

// brandOf is that of the school whose page it is; nil where that is not known.
// A page is there without it, too.
func (s *Server) brandOf(c *gin.Context) *brand {
	tenantID := c.GetString(keyTenant)
	if tenantID == "" {
		return nil
	}
	ctx := c.Request.Context()
	look, found, err := s.Console.Store.FindBranding(ctx, tenantID)
	if err != nil || !found {
		return nil
	}
	b := &brand{}
	if t, err := s.Classroom.Store.Tenant(ctx, tenantID); err == nil {
		b.Name = t.Name
	}
	if look.Accent != "" {
		b.Accent = pathAccents + strings.TrimPrefix(look.Accent, "#") + ".css"
	}
	if look.Logo != "" {
		b.Logo = pathLogos + url.PathEscape(tenantID) + "/" + look.Logo + ".png"
	}
	return b
}

// showAccent answers GET /brand/accent/:file. The address is the colour: what it
// answers never changes, and is nobody's secret.
func (s *Server) showAccent(c *gin.Context) error {
	name, isCSS := strings.CutSuffix(c.Param("file"), ".css")
	accent, ok := admin.ParseColour(name)
	if !ok || !isCSS || strings.HasPrefix(name, "#") {
		return &statusError{http.StatusNotFound, "error.page_unknown"}
	}
	light, dark := admin.ShadesOf(accent)
	keptForGood(c)
	c.Data(http.StatusOK, "text/css; charset=utf-8", fmt.Appendf(nil, ":root { %s }\n@media (prefers-color-scheme: dark) { :root { %s } }\n", shadesCSS(light), shadesCSS(dark)))
	return nil
}

func shadesCSS(s admin.Shades) string {
	return fmt.Sprintf("--accent: %s; --accent-strong: %s; --on-accent: %s;", s.Accent, s.Strong, s.On)
}

func keptForGood(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cross-Origin-Resource-Policy", "same-origin")
}

// showBrandLogo answers GET /brand/logo/:school/:file. Its name changes with the
// picture.
func (s *Server) showBrandLogo(c *gin.Context) error {
	digest, isPNG := strings.CutSuffix(c.Param("file"), ".png")
	if _, err := hex.DecodeString(digest); err != nil || !isPNG || c.Param("school") != classroom.DefaultTenant && !isID(c.Param("school")) {
		return noID("error.page_unknown")
	}
	picture, err := s.Console.Store.Logo(c.Request.Context(), c.Param("school"), digest)
	if err != nil {
		return err
	}
	keptForGood(c)
	c.Header("Content-Security-Policy", "default-src 'none'")
	c.Data(http.StatusOK, "image/png", picture)
	return nil
}
