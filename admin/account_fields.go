package admin

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanEmail answers an address as it is kept: one address and nothing else, in
// lower case.
func cleanEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || a.Name != "" || len(text) > 254 || !plain(text) {
		return "", invalid("console.account.email_wrong")
	}
	return strings.ToLower(text), nil
}

// cleanName answers a person's name on one line.
func cleanName(text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || utf8.RuneCountInString(text) > 100 || !plain(text) {
		return "", invalid("console.account.name_wrong")
	}
	return text, nil
}

// plain reports whether a text is one that every database keeps and no header,
// log or page reads as more than it is.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
