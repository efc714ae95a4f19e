package classroom

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"classbridge/bbb"
)

// ServerSettings is a BigBlueButton server as somebody who runs it writes it down.
type ServerSettings struct {
	URL     string
	Secrets []string // the first signs, all verify
	Hash    string
	Blanks  bool // secrets had blanks around them, which were taken off
}

// ReadServer reads address, secrets and hash. Several secrets, while one is being
// replaced, stand on lines of their own or behind colons, as Scalelite's
// LOADBALANCER_SECRETS has them. *InputErrors, joined, say all that is wrong.
func ReadServer(address, secrets, hash string) (ServerSettings, error) {
	s := ServerSettings{URL: strings.TrimSpace(address), Hash: strings.ToLower(strings.TrimSpace(hash))}
	var wrong []error
	if _, err := bbb.Endpoint(s.URL); err != nil {
		wrong = append(wrong, &InputError{"url", "console.bbb.wrong.url", err})
	}
	wrong = append(wrong, s.readSecrets(secrets), s.checkHash())
	return s, errors.Join(wrong...)
}

func (s *ServerSettings) readSecrets(text string) error {
	text = strings.TrimRight(text, "\r\n") // how files end
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\r\n:", r) }) {
		clean := strings.TrimSpace(part)
		s.Blanks = s.Blanks || clean != part
		if strings.ContainsAny(clean, " \t") {
			return &InputError{"secret", "console.bbb.wrong.secret_blank", errors.New("the secret has a blank inside: `bbb-conf --secret` prints it as one word")}
		}
		if clean != "" {
			s.Secrets = append(s.Secrets, clean)
		}
	}
	if len(s.Secrets) == 0 {
		return &InputError{"secret", "console.bbb.wrong.secret_empty", errors.New("the secret is empty")}
	}
	return nil
}

func (s *ServerSettings) checkHash() error {
	known := Hashes()
	if s.Hash == "" {
		s.Hash = known[0]
	}
	if !slices.Contains(known, s.Hash) {
		return &InputError{"hash", "console.bbb.wrong.hash", fmt.Errorf("the hash is %q: one of %s", s.Hash, strings.Join(known, ", "))}
	}
	return nil
}

// Hashes are those that calls can be signed by, the usual one first.
func Hashes() []string {
	return []string{string(bbb.SHA256), string(bbb.SHA1), string(bbb.SHA512)}
}
