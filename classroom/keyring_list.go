package classroom

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"classbridge/lti"
)

// PublishedKey is what may be shown of a key: never its private half.
type PublishedKey struct {
	KID       string
	State     ToolKeyState
	Since     time.Time // in that state
	CreatedAt time.Time
	MaySign   time.Time // the next key: when platforms can be expected to know it
	Until     time.Time // a retired key: when it is forgotten; the one that signs: when it is replaced
	Public    string    // as a JSON Web Key set (RFC 7517 §5)
}

// List lists the keys that are published, oldest first.
func (r *Keyring) List(ctx context.Context) ([]PublishedKey, error) {
	keys, err := r.Store.ToolKeys(ctx, DefaultTenant)
	if err != nil {
		return nil, fmt.Errorf("tool keys: %w", err)
	}
	published := make([]PublishedKey, len(keys))
	for i, k := range keys {
		parsed, err := lti.ParseToolKey(k.Private)
		if err != nil {
			return nil, fmt.Errorf("tool key %s: %w", k.ID, err)
		}
		public, err := json.MarshalIndent(json.RawMessage(lti.JWKS([]lti.PublicKey{parsed.Public()})), "", "  ")
		if err != nil {
			return nil, fmt.Errorf("tool key %s: %w", k.ID, err)
		}
		p := PublishedKey{KID: k.ID, State: k.State, Since: k.UpdatedAt, CreatedAt: k.CreatedAt, Public: string(public)}
		switch k.State {
		case KeyNext:
			p.MaySign = k.UpdatedAt.Add(keyLead)
		case KeyCurrent:
			p.Until = k.UpdatedAt.Add(keyLife)
		case KeyRetired:
			p.Until = k.UpdatedAt.Add(keyOverlap)
		}
		published[i] = p
	}
	return published, nil
}
