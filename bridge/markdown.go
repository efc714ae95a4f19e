package bridge

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// joiner is U+2060 WORD JOINER: it is not seen, breaks no line, and keeps what
// stands around it from being one word to Mattermost.
const joiner = "\u2060"

// typed makes a value that people typed safe inside a line of a post: it shows
// as it was typed and does nothing. Backslashes keep Markdown from being read.
// They do not help against mentions, hashtags, emoji and bare addresses, which
// Mattermost looks for in the raw text: a joiner after the first character does.
// The texts of the catalogue never let a value begin a line.
func typed(value string, limit int) string {
	var b strings.Builder
	for _, r := range plain(value, limit) {
		switch r {
		case '\\', '`', '*', '_', '[', ']', '|':
			b.WriteString(`\` + string(r))
		case '#', '~':
			b.WriteString(`\` + string(r) + joiner)
		case '@', ':', '!':
			b.WriteString(string(r) + joiner)
		default:
			b.WriteRune(r)
		}
	}
	return bareWWW.ReplaceAllString(b.String(), "$1"+joiner+".")
}

var bareWWW = regexp.MustCompile(`(?i)(www[0-9]{0,3})\.`)

// plain is the value on one line, without control characters and other
// characters that are not seen, of at most limit runes.
func plain(value string, limit int) string {
	value = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d': // these two join and part letters and emoji
			return -1
		}
		return r
	}, value)
	return cut(strings.Join(strings.Fields(value), " "), limit)
}

// cut shortens text to limit runes and shows that it did.
func cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimSpace(string(runes[:limit-1])) + "…"
}

// linkTarget is an address of ours as it can stand between the parentheses of a
// Markdown link.
func linkTarget(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(u.String())
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
