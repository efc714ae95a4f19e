package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys are the master keys in use: the first seals and signs, all open. They
// change while the program runs when their file does. Safe for many goroutines.
type Keys struct {
	held atomic.Pointer[held]

	path  string // empty: given once
	log   *slog.Logger
	began time.Time
	next  atomic.Int64 // when to look again, in nanoseconds since began
	mu    sync.Mutex   // held while the file is looked at
	seen  os.FileInfo
	wrong string // what was last said of the file
}

// held is what Keys hold at a time; it is never changed.
type held struct {
	keys    []key
	masters [][]byte
}

type key struct {
	id   string
	aead tink.AEAD
}

// lookEach is how old the keys of a file may be when something is sealed. What
// does not open with them is reason enough to look at once.
const lookEach = time.Second

// idSize is the length of a key's id in text.
const idSize = 8

// Given are keys that do not change, the current one first.
func Given(masters ...[]byte) (*Keys, error) {
	h, err := hold(masters)
	if err != nil {
		return nil, err
	}
	k := &Keys{}
	k.held.Store(h)
	return k, nil
}

// FromFile are the keys of a file, whoever changes it: see ParseMasters.
func FromFile(path string, log *slog.Logger) (*Keys, error) {
	k := &Keys{path: path, log: log, began: time.Now()}
	info, h, err := k.read()
	if err != nil {
		return nil, err
	}
	k.seen = info
	k.held.Store(h)
	k.wait()
	return k, nil
}

// Masters are the keys themselves, the current one first.
func (k *Keys) Masters() [][]byte {
	k.lookNow(false)
	return k.held.Load().masters
}

// IDs are the ids of the keys, the current one's first.
func (k *Keys) IDs() []string {
	var ids []string
	for _, one := range k.all() {
		ids = append(ids, one.id)
	}
	return ids
}

// Look reports whether the keys have changed just now.
func (k *Keys) Look() bool { return k.lookNow(true) }

func (k *Keys) all() []key {
	k.lookNow(false)
	return k.held.Load().keys
}

// find looks at the file before it says that there is no such key: another
// process may seal with it already.
func (k *Keys) find(id string) (key, bool) {
	with := func(one key) bool { return one.id == id }
	keys := k.all()
	i := slices.IndexFunc(keys, with)
	if i < 0 && k.Look() {
		keys = k.all()
		i = slices.IndexFunc(keys, with)
	}
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

// lookNow reads the file if it has changed. A file that cannot be read leaves
// the keys as they are: whoever is at work on it will be done soon.
func (k *Keys) lookNow(must bool) bool {
	if k.path == "" || !must && time.Since(k.began) < time.Duration(k.next.Load()) {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wait()
	info, err := os.Stat(k.path)
	if err == nil && k.saw(info) {
		return false
	}
	info, h, err := k.read()
	if err != nil {
		k.complain(err)
		return false
	}
	k.seen, k.wrong = info, ""
	k.held.Store(h)
	k.log.Info("master keys read", "file", k.path, "current", h.keys[0].id, "keys", len(h.keys))
	return true
}

func (k *Keys) saw(info os.FileInfo) bool {
	return os.SameFile(info, k.seen) && info.ModTime().Equal(k.seen.ModTime()) && info.Size() == k.seen.Size()
}

// complain says once what is wrong: forged tokens make us look as often as they come.
func (k *Keys) complain(err error) {
	if err.Error() != k.wrong {
		k.wrong = err.Error()
		k.log.Error("the master key's file cannot be read: the keys stay as they were", "err", err)
	}
}

func (k *Keys) wait() { k.next.Store(int64(time.Since(k.began) + lookEach)) }

func (k *Keys) read() (os.FileInfo, *held, error) {
	f, err := os.Open(k.path)
	if err != nil {
		return nil, nil, fmt.Errorf("read master key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("read master key: %w", err)
	}
	masters, err := readMasters(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", k.path, err)
	}
	h, err := hold(masters)
	return info, h, err
}

func hold(masters [][]byte) (*held, error) {
	if len(masters) == 0 {
		return nil, errors.New("vault: no master key")
	}
	h := &held{masters: masters}
	for _, master := range masters {
		one, err := newKey(master)
		if err != nil {
			return nil, err
		}
		h.keys = append(h.keys, one)
	}
	return h, nil
}

func newKey(master []byte) (key, error) {
	if len(master) != MasterSize {
		return key{}, fmt.Errorf("vault: the master key has %d bytes, not %d", len(master), MasterSize)
	}
	secret, err := derive(master, "classbridge vault key", 32)
	if err != nil {
		return key{}, err
	}
	id, err := ID(master)
	if err != nil {
		return key{}, err
	}
	aead, err := subtle.NewXChaCha20Poly1305(secret)
	if err != nil {
		return key{}, fmt.Errorf("vault: %w", err)
	}
	return key{id, aead}, nil
}

// ID is what a master key is called: it says nothing of the key.
func ID(master []byte) (string, error) {
	id, err := derive(master, "classbridge vault key id", idSize/2)
	return hex.EncodeToString(id), err
}

// derive makes a key for one use from the master key (HKDF-SHA256, RFC 5869).
func derive(master []byte, use string, size int) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, master, nil, use, size)
	if err != nil {
		return nil, fmt.Errorf("vault: derive %s: %w", use, err)
	}
	return key, nil
}
