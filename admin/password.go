package admin

import (
	"context"
	"strings"
	"sync"
	"unicode/utf8"

	"classbridge/classroom"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// How long a password may be, in characters and in bytes.
const (
	PasswordMin = 12
	PasswordMax = 256
	maxBytes    = 1024
)

// passwordCost is what a hash costs since 2026: the first of the settings that
// OWASP's password storage cheat sheet gives for argon2id (RFC 9106). A hash that
// was made at another cost is made anew when its password is next seen.
func passwordCost() argon2id.Params {
	return argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// hashesAtOnce bounds the memory and the time that strangers can make us spend.
const hashesAtOnce = 4

// slots let a few through at a time; the zero value is ready.
type slots struct {
	once sync.Once
	free chan struct{}
}

func (s *slots) take(ctx context.Context) (leave func(), err error) {
	s.once.Do(func() { s.free = make(chan struct{}, hashesAtOnce) })
	select {
	case s.free <- struct{}{}:
		return func() { <-s.free }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hashPassword makes what is kept of a password.
func (c *Console) hashPassword(ctx context.Context, password string) (string, error) {
	leave, err := c.hashing.take(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	cost := passwordCost()
	return argon2id.CreateHash(normalize(password), &cost)
}

// passwordIs reports whether it is the password of that hash, and whether the
// hash was made at a cost of the past. Where there is no hash it takes as long:
// who waits for the answer does not learn which accounts there are.
func (c *Console) passwordIs(ctx context.Context, password, hash string) (is, old bool, err error) {
	if hash == "" || len(password) > maxBytes {
		_, err := c.hashPassword(ctx, "nobody's password")
		return false, false, err
	}
	leave, err := c.hashing.take(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	is, cost, err := argon2id.CheckHash(normalize(password), hash)
	return is, err == nil && *cost != passwordCost(), err
}

// normalize makes what two keyboards give for the same characters the same.
func normalize(password string) string { return norm.NFKC.String(password) }

// checkPassword refuses a password that would be guessed: too short, or little
// more than words that everybody tries, and what everybody knows of the person.
func checkPassword(password string, known ...string) error {
	password = normalize(password)
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return invalid("console.password.text")
	case n < PasswordMin:
		return invalid("console.password.short")
	case n > PasswordMax || len(password) > maxBytes:
		return invalid("console.password.long")
	case silly(password, known):
		return invalid("console.password.silly")
	}
	return nil
}

// restMin is how many characters must be left of a password without its silly parts.
const restMin = 6

// silly reports whether little is left of a password without the words that are
// tried first, or whether it is made of very few characters.
func silly(password string, known []string) bool {
	rest := strings.ToLower(password)
	for _, word := range append(words(), parts(known)...) {
		rest = strings.ReplaceAll(rest, word, "")
	}
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	return utf8.RuneCountInString(rest) < restMin || len(different) < restMin-1
}

// words are those that lists of stolen passwords begin with, and our own name.
func words() []string {
	return []string{
		"password", "passwort", "passw0rd", "p@ssword", "motdepasse", "contraseña", "senha", "kennwort", "geheim", "secret",
		"qwertyuiop", "qwertzuiop", "qwerty", "qwertz", "azerty", "asdfghjkl", "asdf", "1q2w3e4r5t", "1q2w3e4r", "zxcvbnm",
		"1234567890", "123456789", "12345678", "1234567", "123456", "12345", "1234", "0987654321", "987654321", "abcdefgh", "abcdef", "abcd", "abc123",
		"letmein", "welcome", "willkommen", "bienvenue", "iloveyou", "changeme", "trustno1", "monkey", "dragon", "football", "sunshine", "princess",
		"administrator", "admin", "root", "owner", "teacher", "school", "schule", "classbridge", "bigbluebutton", "mattermost", "moodle",
		"2023", "2024", "2025", "2026", "2027", "!", ".",
	}
}

// parts are the words that a person's name and address are made of.
func parts(known []string) []string {
	var all []string
	for _, text := range known {
		for _, part := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .@-_+", r) }) {
			if utf8.RuneCountInString(part) >= 3 {
				all = append(all, part)
			}
		}
	}
	return all
}

func invalid(message string) error {
	return &classroom.Error{Code: classroom.Invalid, Message: message}
}
