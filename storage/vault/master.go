package vault

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MasterSize is the length of a master key in bytes.
const MasterSize = 32

// ParseMaster reads a master key as people hand it over: 32 bytes in base64,
// with or without padding, standard or URL-safe.
func ParseMaster(text string) ([]byte, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	master, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the master key is not base64 (make one with: openssl rand -base64 32)")
	}
	if len(master) != MasterSize {
		return nil, fmt.Errorf("the master key has %d bytes, not %d (make one with: openssl rand -base64 32)", len(master), MasterSize)
	}
	return master, nil
}

// LoadMaster reads the master key from the file, or makes both: one key,
// whoever of several processes that start at once gets there first.
func LoadMaster(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeMaster(path); err != nil {
			return nil, fmt.Errorf("make master key: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	master, err := ParseMaster(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return master, nil
}

// makeMaster writes a new key beside path and gives it that name only if nobody
// has: a link either appears whole or not at all, and never replaces a key.
func makeMaster(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	master := make([]byte, MasterSize)
	if _, err := rand.Read(master); err != nil {
		return err
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(master) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
