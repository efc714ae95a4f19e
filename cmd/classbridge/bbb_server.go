package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"classbridge/bbb"
)

// bbbServer is a BigBlueButton server as an operator writes it down.
type bbbServer struct {
	url     string
	secrets []string // the first signs, all verify
	hash    string
	blanks  bool // secrets had blanks around them, which were taken off
}

// newBBBServer reads address, secrets and hash. Several secrets, while one is
// being replaced, stand on lines of their own or behind colons, as Scalelite's
// LOADBALANCER_SECRETS has them.
func newBBBServer(address, secrets, hash string) (bbbServer, error) {
	s := bbbServer{url: strings.TrimSpace(address), hash: strings.ToLower(strings.TrimSpace(hash))}
	var wrong []error
	if _, err := bbb.Endpoint(s.url); err != nil {
		wrong = append(wrong, err)
	}
	wrong = append(wrong, s.readSecrets(secrets), s.checkHash())
	return s, errors.Join(wrong...)
}

func (s *bbbServer) readSecrets(text string) error {
	text = strings.TrimRight(text, "\r\n") // how files end
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\r\n:", r) }) {
		clean := strings.TrimSpace(part)
		s.blanks = s.blanks || clean != part
		if strings.ContainsAny(clean, " \t") {
			return errors.New("the secret has a blank inside: `bbb-conf --secret` prints it as one word")
		}
		if clean != "" {
			s.secrets = append(s.secrets, clean)
		}
	}
	if len(s.secrets) == 0 {
		return errors.New("the secret is empty")
	}
	return nil
}

func (s *bbbServer) checkHash() error {
	known := []string{string(bbb.SHA256), string(bbb.SHA1), string(bbb.SHA512)}
	if s.hash == "" {
		s.hash = string(bbb.SHA256)
	}
	if !slices.Contains(known, s.hash) {
		return fmt.Errorf("the hash is %q: one of %s", s.hash, strings.Join(known, ", "))
	}
	return nil
}
