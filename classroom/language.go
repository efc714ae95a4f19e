package classroom

import (
	"slices"
	"strings"
)

// OffersAll reports whether the tenant leaves no language out.
func (t Tenant) OffersAll() bool { return t.Languages == "" }

// Offered are the languages that people can read, empty: all of them.
func (t Tenant) Offered() []string { return strings.Fields(t.Languages) }

// Offers answers the language if it is offered, in whatever country, and else the
// tenant's own.
func (t Tenant) Offers(locale string) string {
	if locale == "" {
		return t.Locale
	}
	offered := t.OffersAll() || slices.ContainsFunc(t.Offered(), func(l string) bool {
		return baseLanguage(l) == baseLanguage(locale)
	})
	if !offered {
		return t.Locale
	}
	return locale
}

// baseLanguage is the language of a BCP 47 tag, of what LMSs send in its place, or
// the first one of what a browser asks for.
func baseLanguage(tag string) string {
	if i := strings.IndexAny(tag, "-_,;"); i > 0 {
		tag = tag[:i]
	}
	return strings.ToLower(tag)
}
