package lti

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes a foreign text harmless wherever texts go: valid UTF-8 on one
// line, without control characters or overrides of the writing direction, and
// at most limit characters long. It is not escaped: that depends on the medium.
func clean(s string, limit int) string {
	if len(s) <= limit && plain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.TrimSpace(strings.Map(harmless, strings.ToValidUTF8(s, "\uFFFD")))
	if utf8.RuneCountInString(s) > limit {
		s = strings.TrimSpace(string([]rune(s)[:limit]))
	}
	return s
}

// plain reports printable ASCII, which is nearly always the case.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func harmless(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r) && r != '\u200E' && r != '\u200F':
		return -1
	}
	return r
}

// identifier reports whether s can be an identifier: those of LTI have 1 to 255
// characters. What would have to be cleaned is refused, since a changed
// identifier is another one.
func identifier(s string) bool {
	return s != "" && len(s) <= 255 && sound(s)
}

// sound reports valid UTF-8 without control characters.
func sound(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// cleanName is a person's name, empty for what names nobody: ILIAS sends "-" in
// place of a name that it withholds.
func cleanName(s string) string {
	name := clean(s, maxName)
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return ""
	}
	return name
}
