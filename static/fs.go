// Package static holds the stylesheet, the scripts and the icon. They are served
// under names that contain a digest, so browsers may keep them for ever.
package static

import "embed"

// Files are served as they are.
//
//go:embed *.css *.js *.svg
var Files embed.FS
