package main

import (
	"encoding/json"
	"io"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/storage"
)

// The published set has every key's public half and nothing of the private one,
// and follows the database within a second.
func TestToolKeysArePublished(t *testing.T) {
	now := storedNow()
	p := &program{env: map[string]string{}, err: io.Discard, now: func() time.Time { return now }}
	err := p.withStore(t.Context(), config{Data: t.TempDir()}, func(s *store) error {
		keys := &toolKeys{store: s, now: p.now}
		if n := len(publishedKeys(t, keys)); n != 1 {
			t.Errorf("%d keys of a new installation, want 1", n)
		}
		next, err := lti.GenerateToolKey()
		if err != nil {
			return err
		}
		private, err := next.MarshalPEM()
		if err != nil {
			return err
		}
		err = s.CreateToolKey(t.Context(), storage.ToolKey{
			ID: next.KID, TenantID: "default", State: storage.KeyNext, Private: private, CreatedAt: now.Add(time.Second), UpdatedAt: now,
		})
		if err != nil {
			return err
		}
		now = now.Add(keysAge)
		published := publishedKeys(t, keys)
		if len(published) != 2 || published[1]["kid"] != next.KID {
			t.Errorf("a second later: %v", published)
		}
		for _, k := range published {
			if _, leaked := k["d"]; leaked || k["use"] != "sig" {
				t.Errorf("published: %v", k)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func publishedKeys(t *testing.T, keys *toolKeys) []map[string]string {
	t.Helper()
	b, err := keys.jwks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(b, &set); err != nil {
		t.Fatal(err)
	}
	return set.Keys
}
