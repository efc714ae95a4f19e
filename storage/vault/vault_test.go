package vault_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"classbridge/storage/vault"
)

func newVault(t *testing.T, fill byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(bytes.Repeat([]byte{fill}, vault.MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealOpens(t *testing.T) {
	v := newVault(t, 1)
	const secret, ad = "a very secret secret", "servers/1/secrets"
	sealed, err := v.Seal([]byte(secret), ad)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sealed, "secret") {
		t.Errorf("sealed text %q shows the secret", sealed)
	}
	again, err := v.Seal([]byte(secret), ad)
	if err != nil {
		t.Fatal(err)
	}
	if sealed == again {
		t.Error("sealing twice gave the same text")
	}
	// Another process with the same master key opens it.
	got, err := newVault(t, 1).Open(sealed, ad)
	if err != nil || string(got) != secret {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	v := newVault(t, 1)
	sealed, err := v.Seal([]byte("secret"), "servers/1/secrets")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		v      *vault.Vault
		sealed string
		ad     string
		want   error
	}{
		{"another row", v, sealed, "servers/2/secrets", vault.ErrSealed},
		{"another master key", newVault(t, 2), sealed, "servers/1/secrets", vault.ErrOtherKey},
		{"changed", v, otherAt(sealed, len(sealed)/2), "servers/1/secrets", vault.ErrSealed},
		{"changed at the end", v, otherAt(sealed, len(sealed)-1), "servers/1/secrets", vault.ErrSealed},
		{"cut", v, sealed[:20], "servers/1/secrets", vault.ErrSealed},
		{"not base64", v, sealed + "!", "servers/1/secrets", vault.ErrSealed},
		{"not sealed", v, "secret", "servers/1/secrets", vault.ErrSealed},
		{"empty", v, "", "servers/1/secrets", vault.ErrSealed},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain, err := test.v.Open(test.sealed, test.ad)
			if !errors.Is(err, test.want) || plain != nil {
				t.Errorf("Open = %q, %v; want %v", plain, err, test.want)
			}
		})
	}
}

func TestNewRefusesOtherSizes(t *testing.T) {
	if _, err := vault.New(make([]byte, 16)); err == nil {
		t.Error("a key of 16 bytes was accepted")
	}
}

func TestParseMaster(t *testing.T) {
	want := bytes.Repeat([]byte{0xfb}, vault.MasterSize)
	for _, test := range []struct{ name, text, err string }{
		{"padded", "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=", ""},
		{"raw with newline", "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s\n", ""},
		{"url-safe", "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=", ""},
		{"short", "c2hvcnQ=", "has 5 bytes"},
		{"empty", "", "has 0 bytes"},
		{"not base64", "correct horse battery staple", "not base64"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := vault.ParseMaster(test.text)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want one with %q", err, test.err)
				}
				if test.text != "" && strings.Contains(err.Error(), test.text) {
					t.Errorf("error %q tells the key", err)
				}
				return
			}
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("ParseMaster = %x, %v", got, err)
			}
		})
	}
}

func TestMakeFileMakesOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			if err := vault.MakeFile(path); err != nil {
				t.Error(err)
			}
			keys, err := vault.FromFile(path, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = strings.Join(keys.IDs(), " ")
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Errorf("those who made the key at once have %q", ids)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the key's file is %v", info.Mode().Perm())
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".master-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFromFileRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.FromFile(path, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
	if err := vault.MakeFile(filepath.Join(t.TempDir(), "no", "such", "folder")); err == nil {
		t.Error("a key in a folder that does not exist was made")
	}
}

// otherAt changes one character of a text in base64.
func otherAt(s string, i int) string {
	other := byte('A')
	if s[i] == other {
		other = 'B'
	}
	return s[:i] + string(other) + s[i+1:]
}
