// Package templates holds the pages: one file a page, the layout around them,
// and the parts that pages share. Package web gives each its own struct.
package templates

import "embed"

// Files are the templates. layout.html is the frame of every page; files that
// begin with "part_" are shared.
//
//go:embed *.html
var Files embed.FS
