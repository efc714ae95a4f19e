package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// MasterSize is the length of a master key in bytes.
const MasterSize = 32

// longestFile is how much is read of a key file: the wrong one may be large.
const longestFile = 64 << 10

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

// ParseMasters reads one key or several, the current one first: one a line, or
// with commas between them. A line that begins with # is a remark.
func ParseMasters(text string) ([][]byte, error) {
	var masters [][]byte
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for one := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
			master, err := ParseMaster(one)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(masters, func(m []byte) bool { return bytes.Equal(m, master) }) {
				masters = append(masters, master)
			}
		}
	}
	if len(masters) == 0 {
		return nil, errors.New("there is no master key in it (make one with: openssl rand -base64 32)")
	}
	return masters, nil
}

// MakeFile makes a file with a new key if there is none at path: one key,
// whoever of several processes that start at once gets there first.
func MakeFile(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A link either appears whole or not at all, and never replaces a key.
	err := writeBeside(path, [][]byte{newMaster()}, os.Link)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make master key: %w", err)
	}
	return nil
}

// Rotate puts a new key before those of the file, and answers its id.
func Rotate(path string) (string, error) {
	master := newMaster()
	err := change(path, func(old [][]byte) ([][]byte, error) { return append([][]byte{master}, old...), nil })
	if err != nil {
		return "", fmt.Errorf("rotate master key: %w", err)
	}
	return ID(master)
}

// Retire takes the key with that id out of the file. The current one stays.
func Retire(path, id string) error {
	err := change(path, func(old [][]byte) ([][]byte, error) {
		for i, master := range old {
			is, err := ID(master)
			switch {
			case err != nil:
				return nil, err
			case is == id && i == 0:
				return nil, fmt.Errorf("key %s is the current one", id)
			case is == id:
				return slices.Delete(slices.Clone(old), i, i+1), nil
			}
		}
		return nil, fmt.Errorf("there is no key %s in %s", id, path)
	})
	if err != nil {
		return fmt.Errorf("retire master key: %w", err)
	}
	return nil
}

// change replaces the keys of the file, one process at a time.
func change(path string, to func([][]byte) ([][]byte, error)) error {
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close() // which unlocks it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	old, err := readMasters(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	masters, err := to(old)
	if err != nil {
		return err
	}
	return writeBeside(path, masters, os.Rename)
}

func readMasters(r io.Reader) ([][]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, longestFile))
	if err != nil {
		return nil, err
	}
	return ParseMasters(string(text))
}

func newMaster() []byte {
	master := make([]byte, MasterSize)
	_, _ = rand.Read(master) // never fails
	return master
}

// writeBeside writes keys into a file beside path, and has it put there whole.
func writeBeside(path string, masters [][]byte, put func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	for _, master := range masters {
		_, wrong := f.WriteString(base64.StdEncoding.EncodeToString(master) + "\n")
		err = errors.Join(err, wrong)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return put(f.Name(), path)
}
