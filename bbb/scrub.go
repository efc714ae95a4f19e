package bbb

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// Servers and proxies like to repeat the address that they were called with. It
// holds a checksum that is valid for ever, passwords, and callback addresses with
// their tokens; so no text of theirs reaches an error unscrubbed.

const (
	maxMessage = 200 // bytes of a foreign text that an error keeps
	maxWord    = 32  // a longer word is an address, a token or a digest
	hidden     = "[...]"
)

// scrub makes a foreign text fit for an error: one line, without mark-up, without
// words that can hold a secret, and without the values given.
func scrub(text string, values []string) string {
	for _, v := range values {
		if v != "" {
			text = strings.ReplaceAll(text, v, hidden)
		}
	}
	words := strings.FieldsFunc(withoutTags(text), isSeparator)
	for i, w := range words {
		if len(w) > maxWord || strings.ContainsAny(w, "=?&%") {
			words[i] = hidden
		}
	}
	return clip(strings.Join(words, " "), maxMessage)
}

func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}

// onlyKey keeps a message key that is one: a word of at most 64 letters.
func onlyKey(key string) string {
	key = strings.TrimSpace(key)
	if len(key) > 64 || strings.ContainsFunc(key, notInKey) {
		return ""
	}
	return key
}

func notInKey(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
}

// withoutTags drops what stands between angle brackets.
func withoutTags(s string) string {
	var b strings.Builder
	inside := false
	for _, r := range s {
		switch {
		case r == '<':
			inside = true
		case r == '>' && inside:
			inside = false
			b.WriteByte(' ')
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// sensitive are the values of a query that no error may show, as they are and as
// they travel. Short ones are left to the rules of scrub: replacing every "1" of a
// text helps nobody.
func sensitive(query string, secrets []string) []string {
	values := append([]string(nil), secrets...)
	for pair := range strings.SplitSeq(query, "&") {
		key, escaped, _ := strings.Cut(pair, "=")
		if !isSensitive(key) || len(escaped) < 4 {
			continue
		}
		plain, err := url.QueryUnescape(escaped)
		if err == nil {
			values = append(values, plain)
		}
		values = append(values, escaped)
	}
	return values
}

func isSensitive(key string) bool {
	return key == "password" || strings.HasSuffix(key, "PW") ||
		strings.HasPrefix(key, "meta_") || strings.HasSuffix(strings.ToLower(key), "url")
}

// cause is an error of the HTTP client without the address that it prints. What
// it was can still be asked with errors.Is and errors.As.
type cause struct {
	text string
	err  error
}

func scrubbed(err error, values []string) error {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	return &cause{text: scrub(err.Error(), values), err: err}
}

func (c *cause) Error() string        { return c.text }
func (c *cause) Is(target error) bool { return errors.Is(c.err, target) }
func (c *cause) As(target any) bool   { return errors.As(c.err, target) }
