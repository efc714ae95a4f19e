package lti_test

import (
	"strings"
	"testing"

	"classbridge/lti"
)

// A login that began before the secret changed ends after it, also at a replica
// that learns of the new secret by it; one whose secret is gone does not.
func TestSecretsChange(t *testing.T) {
	old, next := []byte(strings.Repeat("o", 32)), []byte(strings.Repeat("n", 32))
	fixed := func(secrets ...[]byte) func(bool) [][]byte {
		return func(again bool) [][]byte {
			if again {
				return nil
			}
			return secrets
		}
	}
	late := func(again bool) [][]byte {
		if again {
			return [][]byte{next, old}
		}
		return [][]byte{old}
	}
	for _, test := range []struct {
		name     string
		from, to func(bool) [][]byte
		want     lti.Reason
	}{
		{"begun with the old secret", fixed(old), fixed(next, old), ""},
		{"begun with a secret that is not known yet", fixed(next, old), late, ""},
		{"the secret is gone", fixed(old), fixed(next), lti.StateInvalid},
		{"too short", fixed(old), fixed([]byte("short")), lti.PlatformMisconfigured},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.tool.Secret, w.tool.Secrets = nil, test.from
			a := w.begin(t)
			w.tool.Secrets = test.to
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != test.want {
				t.Errorf("refused as %s, want %s", got, test.want)
			}
		})
	}
}
