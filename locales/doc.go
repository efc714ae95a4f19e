// Package locales holds every text that people read, one folder a language.
//
//	locales/en/post.json    what the bot writes into channels
//	locales/en/web.json     pages
//	locales/de/...          another language: the same ids, as many as are translated
//
// A file is one flat JSON object: id to text, or id to an object of plural forms
// ("one", "few", "other", ... as CLDR names them) of which the argument Count
// chooses. Texts are text/template: "Started by {{.By}}". What a language lacks
// is said in English.
//
//	cat, err := locales.Load()
//	p := cat.For(launchLocale, acceptLanguage)
//	p.Text("room.inside", "Count", 3)
//
// Texts are plain: whoever shows them escapes them, for HTML or for Markdown.
package locales
