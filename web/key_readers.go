package web

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// keyReader is a program that has read our public keys.
type keyReader struct {
	Program string // as it names itself
	Address string
	At      time.Time // last
}

// keyReaders are those that this process has seen, the latest; nothing of them is
// kept longer.
type keyReaders struct {
	mu  sync.Mutex
	all []keyReader
}

// keyReadersKept is how many are remembered.
const keyReadersKept = 30

func (k *keyReaders) saw(r keyReader) {
	r.Program = strings.ToValidUTF8(r.Program[:min(len(r.Program), 100)], "")
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = slices.DeleteFunc(k.all, func(o keyReader) bool { return o.Program == r.Program && o.Address == r.Address })
	k.all = append(k.all, r)
	if len(k.all) > keyReadersKept {
		k.all = slices.Delete(k.all, 0, len(k.all)-keyReadersKept)
	}
}

// list is the latest first.
func (k *keyReaders) list() []keyReader {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := slices.Clone(k.all)
	slices.SortStableFunc(all, func(a, b keyReader) int { return cmp.Compare(b.At.UnixNano(), a.At.UnixNano()) })
	return all
}
