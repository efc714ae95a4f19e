package vault_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"classbridge/storage/vault"
)

// A key takes another's place: what the old one sealed opens until it is taken
// away, and a process that has not looked yet opens what the new one sealed.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	must(t, vault.MakeFile(path))
	one, another := fromFile(t, path), fromFile(t, path)
	before, old := seal(t, one), one.Current()

	id, err := vault.Rotate(path)
	must(t, err)
	if !slices.Equal(ids(t, path), []string{id, old}) {
		t.Errorf("keys of the file are %v, want %s and %s", ids(t, path), id, old)
	}
	after := seal(t, fromFile(t, path))
	for name, sealed := range map[string]string{"before": before, "after": after} {
		if plain, err := another.Open(sealed, "a/1/b"); err != nil || string(plain) != "secret" {
			t.Errorf("sealed %s: %q, %v", name, plain, err)
		}
	}
	if another.Current() != id {
		t.Errorf("who has met the new key seals with %s", another.Current())
	}

	if err := vault.Retire(path, id); err == nil {
		t.Error("the current key was retired")
	}
	must(t, vault.Retire(path, old))
	if _, err := fromFile(t, path).Open(before, "a/1/b"); !errors.Is(err, vault.ErrOtherKey) {
		t.Errorf("sealed with a retired key: %v", err)
	}
	if err := vault.Retire(path, old); err == nil {
		t.Error("a key was retired twice")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A running process seals with the new key by itself, soon.
func TestNewKeyIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	must(t, vault.MakeFile(path))
	v := fromFile(t, path)
	id, err := vault.Rotate(path)
	must(t, err)
	for end := time.Now().Add(20 * time.Second); v.Current() != id; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the new key is not used")
		}
	}
}

// A file that is broken, or gone, takes no key away from who runs.
func TestBrokenFileLeavesTheKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	must(t, vault.MakeFile(path))
	var log bytes.Buffer
	keys, err := vault.FromFile(path, slog.New(slog.NewTextHandler(&log, nil)))
	must(t, err)
	must(t, os.WriteFile(path, []byte("broken"), 0o600))
	for range 3 {
		if keys.Look() || len(keys.Masters()) != 1 {
			t.Error("a broken file was believed")
		}
	}
	if n := strings.Count(log.String(), "cannot be read"); n != 1 {
		t.Errorf("it was said %d times:\n%s", n, &log)
	}
	must(t, os.Remove(path))
	if keys.Look() || len(keys.Masters()) != 1 {
		t.Error("keys went with their file")
	}
}

func TestParseMasters(t *testing.T) {
	key := func(fill byte) string {
		return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, vault.MasterSize))
	}
	for _, test := range []struct {
		name, text string
		keys       int
	}{
		{"one", key(1), 1},
		{"lines", key(1) + "\n" + key(2) + "\n", 2},
		{"commas", key(1) + "," + key(2) + ", " + key(3), 3},
		{"remark", "# the newest first\r\n" + key(1) + "\r\n", 1},
		{"twice", key(1) + "," + key(1), 1},
		{"none", "# nothing\n", 0},
		{"one is broken", key(1) + ",broken", 0},
	} {
		masters, err := vault.ParseMasters(test.text)
		if len(masters) != test.keys || (err == nil) != (test.keys > 0) {
			t.Errorf("%s: %d keys, %v", test.name, len(masters), err)
		}
	}
}

func TestKeyOf(t *testing.T) {
	v := newVault(t, 1)
	if id, sealed := vault.KeyOf(seal(t, v)); !sealed || id != v.Current() || !v.Knows(id) {
		t.Errorf("KeyOf = %s, %v", id, sealed)
	}
	for _, text := range []string{"", "v1.", "v1.abcdefgh.x", "v1.00112233.", "v2.00112233.abc", "plain"} {
		if _, sealed := vault.KeyOf(text); sealed {
			t.Errorf("%q counts as sealed", text)
		}
	}
}

func fromFile(t *testing.T, path string) *vault.Vault {
	t.Helper()
	keys, err := vault.FromFile(path, slog.New(slog.DiscardHandler))
	must(t, err)
	return vault.With(keys)
}

func ids(t *testing.T, path string) []string {
	t.Helper()
	keys, err := vault.FromFile(path, slog.New(slog.DiscardHandler))
	must(t, err)
	return keys.IDs()
}

func seal(t *testing.T, v *vault.Vault) string {
	t.Helper()
	sealed, err := v.Seal([]byte("secret"), "a/1/b")
	must(t, err)
	return sealed
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
