package classroom_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// ring is a keyring with a clock that the test moves, and what it showed last.
type ring struct {
	*classroom.Keyring
	t   *testing.T
	db  *storage.DB
	now time.Time
}

func newRing(t *testing.T, db *storage.DB) *ring {
	r := &ring{t: t, db: db, now: storagetest.Now()}
	r.Keyring = &classroom.Keyring{Store: db, Now: func() time.Time { return r.now }}
	must(t, r.Tend(t.Context()))
	return r
}

// published are the kids that platforms see.
func (r *ring) published() []string {
	r.t.Helper()
	b, err := r.Published(r.t.Context())
	must(r.t, err)
	var set struct{ Keys []map[string]string }
	must(r.t, json.Unmarshal(b, &set))
	var kids []string
	for _, k := range set.Keys {
		kids = append(kids, k["kid"])
		if _, leaked := k["d"]; leaked || k["use"] != "sig" || k["alg"] != "RS256" || len(k) != 6 {
			r.t.Errorf("published: %v", k)
		}
	}
	return kids
}

func (r *ring) signing() string {
	r.t.Helper()
	k, err := r.Signing(r.t.Context())
	must(r.t, err)
	return k.KID
}

// Through all of its life a key is published before it signs, while it signs, and
// for a week afterwards: whatever a platform remembered a day ago has the key that
// signs today.
func TestKeysAreRotatedBySchedule(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		r := newRing(t, db)
		var signed []string
		remembered := r.published()
		for range 400 {
			r.now = r.now.Add(24 * time.Hour)
			must(t, r.Tend(t.Context()))
			kid := r.signing()
			if !slices.Contains(remembered, kid) {
				t.Fatalf("%s signs, and a platform that read the keys a day ago has %v", kid, remembered)
			}
			if len(signed) == 0 || signed[len(signed)-1] != kid {
				signed = append(signed, kid)
			}
			remembered = r.published()
			if n := len(remembered); n != 2 && n != 3 {
				t.Fatalf("%d keys are published", n)
			}
		}
		if len(signed) != 5 { // the first, and one every 90 days
			t.Errorf("%d keys signed in 400 days", len(signed))
		}
	})
}

func TestARetiredKeyStaysForAWeek(t *testing.T) {
	r := newRing(t, storagetest.New(t))
	first := r.signing()
	if err := r.Rotate(t.Context(), false); !classroom.Is(err, classroom.Conflict) || r.signing() != first {
		t.Errorf("rotated to a key that nobody knows: %v", err)
	}
	r.now = r.now.Add(24 * time.Hour)
	must(t, r.Rotate(t.Context(), false))
	if r.signing() == first {
		t.Error("the key still signs")
	}
	r.now = r.now.Add(6 * 24 * time.Hour)
	must(t, r.Tend(t.Context()))
	if !slices.Contains(r.published(), first) {
		t.Error("withdrawn after six days")
	}
	r.now = r.now.Add(2 * 24 * time.Hour)
	must(t, r.Tend(t.Context()))
	r.now = r.now.Add(time.Second) // what is remembered
	if slices.Contains(r.published(), first) {
		t.Error("still published after eight days")
	}
}

// Whoever rotates at the same time, on whichever replica: one key signs, one waits.
func TestRotationsAtTheSameTime(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		newRing(t, db)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				k := &classroom.Keyring{Store: db, Now: storagetest.Now}
				if err := k.Rotate(t.Context(), true); err != nil {
					t.Error(err)
				}
				if err := k.Tend(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		keys, err := db.ToolKeys(t.Context(), classroom.DefaultTenant)
		must(t, err)
		states := map[classroom.ToolKeyState]int{}
		for _, k := range keys {
			states[k.State]++
		}
		if states[classroom.KeyCurrent] != 1 || states[classroom.KeyNext] != 1 || states[classroom.KeyRetired] != 8 {
			t.Errorf("%v", states)
		}
	})
}
