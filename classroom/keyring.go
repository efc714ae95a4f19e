package classroom

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"classbridge/lti"
)

// Keyring is the tool's signing keys and their rotation. At any time one key
// signs and another one, published long before, waits to take its place; one that
// has signed stays published until nobody can hold anything of it any more.
type Keyring struct {
	Store Store
	Now   func() time.Time

	mu        sync.Mutex
	at        time.Time
	published []byte
	signing   lti.ToolKey
}

const (
	// keyLife is how long a key signs before the schedule rotates.
	keyLife = 90 * 24 * time.Hour
	// keyLead is how long a key must have been published before it may sign: longer
	// than platforms remember key sets that do not have it.
	keyLead = 24 * time.Hour
	// keyOverlap is how long a retired key stays published.
	keyOverlap = 7 * 24 * time.Hour
	// keysAge is how old what is remembered may be: a command beside us may have
	// changed it.
	keysAge = time.Second
)

// Published is the public key set (RFC 7517), for /lti/jwks.
func (r *Keyring) Published(ctx context.Context) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.read(ctx)
	return r.published, err
}

// Signing is the key that signs now.
func (r *Keyring) Signing(ctx context.Context) (lti.ToolKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.read(ctx)
	return r.signing, err
}

func (r *Keyring) read(ctx context.Context) error {
	if r.published != nil && r.Now().Sub(r.at).Abs() < keysAge {
		return nil
	}
	keys, err := r.Store.ToolKeys(ctx, DefaultTenant)
	if err != nil {
		return fmt.Errorf("tool keys: %w", err)
	}
	var public []lti.PublicKey
	var signing lti.ToolKey
	for _, k := range keys {
		parsed, err := lti.ParseToolKey(k.Private)
		if err != nil {
			return err
		}
		public = append(public, parsed.Public())
		if k.State == KeyCurrent {
			signing = parsed
		}
	}
	if signing.Private == nil {
		return fmt.Errorf("none of the %d tool keys is current", len(keys))
	}
	r.published, r.signing, r.at = lti.JWKS(public), signing, r.Now()
	return nil
}

// Tend keeps the keys as they should be: there is one that signs and one that
// waits, the schedule is kept, and what was retired long ago is forgotten. It is
// cheap when there is nothing to do.
func (r *Keyring) Tend(ctx context.Context) error {
	keys, err := r.Store.ToolKeys(ctx, DefaultTenant)
	if err != nil {
		return fmt.Errorf("tend tool keys: %w", err)
	}
	if r.plan(keys).idle() {
		return nil
	}
	if err := r.change(ctx, r.plan); err != nil {
		return fmt.Errorf("tend tool keys: %w", err)
	}
	return nil
}

// overdue is how late a rotation may be before somebody has to look.
const overdue = 7 * 24 * time.Hour

// Overdue reports whether the key that signs should have been replaced long ago:
// rotation does not work.
func (r *Keyring) Overdue(ctx context.Context) (bool, error) {
	keys, err := r.Store.ToolKeys(ctx, DefaultTenant)
	if err != nil {
		return false, fmt.Errorf("tool keys: %w", err)
	}
	current := keyIn(keys, KeyCurrent)
	return current == nil || r.Now().Sub(current.UpdatedAt) >= keyLife+overdue, nil
}

// plan is what is due with those keys.
func (r *Keyring) plan(keys []ToolKey) keyPlan {
	var p keyPlan
	now := r.Now()
	current, next := keyIn(keys, KeyCurrent), keyIn(keys, KeyNext)
	switch {
	case current == nil && next == nil:
		p.make = []ToolKeyState{KeyCurrent, KeyNext}
	case current == nil:
		p.promote, p.make = next, []ToolKeyState{KeyNext}
	case next == nil:
		p.make = []ToolKeyState{KeyNext}
	case now.Sub(current.UpdatedAt) >= keyLife && now.Sub(next.UpdatedAt) >= keyLead:
		p.retire, p.promote, p.make = current, next, []ToolKeyState{KeyNext}
	}
	for _, k := range keys {
		if k.State == KeyRetired && now.Sub(k.UpdatedAt) >= keyOverlap {
			p.forget = append(p.forget, k)
		}
	}
	return p
}

// Rotate lets the next key sign from now on and makes the one after it. Without
// hurry it refuses, as Conflict, while platforms may not know the next key yet; in
// a hurry some may refuse our requests until they read our key set again.
func (r *Keyring) Rotate(ctx context.Context, hurry bool) error {
	var early error
	err := r.change(ctx, func(keys []ToolKey) keyPlan {
		current, next := keyIn(keys, KeyCurrent), keyIn(keys, KeyNext)
		if next == nil || current == nil {
			return r.plan(keys)
		}
		if left := keyLead - r.Now().Sub(next.UpdatedAt); left > 0 && !hurry {
			early = &Error{Code: Conflict, Message: "toolkey.too_young", Err: fmt.Errorf("the next key was published %s ago", r.Now().Sub(next.UpdatedAt).Round(time.Second))}
			return keyPlan{}
		}
		return keyPlan{retire: current, promote: next, make: []ToolKeyState{KeyNext}}
	})
	if err == nil {
		err = early
	}
	if err != nil {
		return fmt.Errorf("rotate tool keys: %w", err)
	}
	return nil
}

// Retire withdraws a key that does not sign, now: what it signed holds nowhere any
// more. Conflict for the one that signs, NotFound if there is none of that name.
func (r *Keyring) Retire(ctx context.Context, kid string) error {
	refused := refuse(NotFound, "toolkey.unknown")
	err := r.change(ctx, func(keys []ToolKey) keyPlan {
		i := slices.IndexFunc(keys, func(k ToolKey) bool { return k.ID == kid })
		switch {
		case i < 0:
			return keyPlan{}
		case keys[i].State == KeyCurrent:
			refused = refuse(Conflict, "toolkey.signs")
			return keyPlan{}
		}
		refused = nil
		p := keyPlan{forget: keys[i : i+1]}
		if keys[i].State == KeyNext {
			p.make = []ToolKeyState{KeyNext}
		}
		return p
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return fmt.Errorf("retire tool key: %w", err)
	}
	return nil
}

func keyIn(keys []ToolKey, s ToolKeyState) *ToolKey {
	i := slices.IndexFunc(keys, func(k ToolKey) bool { return k.State == s })
	if i < 0 {
		return nil
	}
	return &keys[i]
}
