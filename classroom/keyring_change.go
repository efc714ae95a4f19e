package classroom

import (
	"context"

	"classbridge/lti"
)

// keyPlan is what is to be done with the keys, in this order.
type keyPlan struct {
	retire, promote *ToolKey
	make            []ToolKeyState
	forget          []ToolKey
}

func (p keyPlan) idle() bool {
	return p.retire == nil && p.promote == nil && len(p.make) == 0 && len(p.forget) == 0
}

// change does what decide wants of the keys, while nobody else changes them.
// Making keys takes long, so they are made before the lock is taken.
func (r *Keyring) change(ctx context.Context, decide func([]ToolKey) keyPlan) error {
	keys, err := r.Store.ToolKeys(ctx, DefaultTenant)
	if err != nil {
		return err
	}
	fresh, err := r.generate(len(decide(keys).make))
	if err != nil {
		return err
	}
	err = r.Store.Tx(ctx, func(tx Tx) error {
		keys, err := tx.LockToolKeys(ctx, DefaultTenant)
		if err != nil {
			return err
		}
		p := decide(keys)
		if len(p.make) > len(fresh) {
			return refuse(Conflict, "toolkey.changed") // meanwhile, by somebody else
		}
		return r.apply(ctx, tx, p, fresh)
	})
	r.forget()
	return err
}

func (r *Keyring) apply(ctx context.Context, tx Tx, p keyPlan, fresh []ToolKey) error {
	for _, moved := range []struct {
		key *ToolKey
		to  ToolKeyState
	}{{p.retire, KeyRetired}, {p.promote, KeyCurrent}} {
		if moved.key == nil {
			continue
		}
		moved.key.State, moved.key.UpdatedAt = moved.to, r.Now()
		if err := tx.SaveToolKey(ctx, *moved.key); err != nil {
			return err
		}
	}
	for i, s := range p.make {
		fresh[i].State = s
		if err := tx.CreateToolKey(ctx, fresh[i]); err != nil {
			return err
		}
	}
	for _, k := range p.forget {
		if err := tx.DeleteToolKey(ctx, k.TenantID, k.ID); err != nil {
			return err
		}
	}
	return nil
}

func (r *Keyring) generate(n int) ([]ToolKey, error) {
	keys := make([]ToolKey, n)
	for i := range keys {
		k, err := lti.GenerateToolKey()
		if err != nil {
			return nil, err
		}
		private, err := k.MarshalPEM()
		if err != nil {
			return nil, err
		}
		keys[i] = ToolKey{ID: k.KID, TenantID: DefaultTenant, Private: private, CreatedAt: r.Now(), UpdatedAt: r.Now()}
	}
	return keys, nil
}

// forget lets what was remembered be read anew.
func (r *Keyring) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.published = nil
}
