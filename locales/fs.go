package locales

import "embed"

// files holds one folder a language, named by its BCP 47 tag, with one or more
// JSON files of texts.
//
//go:embed */*.json
var files embed.FS
