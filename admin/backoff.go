package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"time"
)

// Attempts is how often somebody tried a password in vain, by whom or for what
// they tried. Kept in the database, so that all replicas count the same.
type Attempts struct {
	ID       string // digest of what is counted
	Failures int64
	LastAt   time.Time
	Until    time.Time // before then nothing is tried
}

// AttemptStore counts attempts.
type AttemptStore interface {
	// LockAttempts reads a count, makes it if there is none, and keeps it from
	// others until the end of the transaction.
	LockAttempts(ctx context.Context, id string, now time.Time) (Attempts, error)
	SaveAttempts(ctx context.Context, a Attempts) error
	// ForgetAttempts deletes counts whose last attempt was before then.
	ForgetAttempts(ctx context.Context, before time.Time) error
}

// WaitError is the answer to whoever has tried too often.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string { return fmt.Sprintf("too many attempts: wait %s", e.Wait) }

// attemptsKept is when a count begins anew.
const attemptsKept = 24 * time.Hour

// limit is how many attempts are free, and how the wait then doubles.
type limit struct {
	id    string
	free  int64
	first time.Duration
	most  time.Duration
}

// limitsOf are what an attempt counts for. Guesses from one address for one
// account are slowed down soon and long; those of the whole world for one account
// never for more than half a minute, so that nobody can lock an owner out; and a
// browser in which the account was signed in before has a count of its own.
func limitsOf(email string, from From, known string) []limit {
	if known != "" {
		return []limit{{digest("known", email, known), 8, 5 * time.Second, 15 * time.Minute}}
	}
	limits := []limit{
		{digest("pair", email, from.Address), 5, 2 * time.Second, 15 * time.Minute},
		{digest("account", email), 20, time.Second, 30 * time.Second},
		{digest("address", from.Address), 60, time.Second, 5 * time.Minute},
	}
	// Always in the same order: two transactions must not wait for each other.
	slices.SortFunc(limits, func(a, b limit) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return limits
}

func digest(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(sum, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// wait is how long the next attempt has to wait after so many in vain.
func (l limit) wait(failures int64) time.Duration {
	if failures <= l.free {
		return 0
	}
	doubled := float64(l.first) * math.Pow(2, float64(failures-l.free-1))
	return time.Duration(math.Min(doubled, float64(l.most)))
}

// attempt counts an attempt as one in vain before it is made: of many at once,
// no more are tried than are free. It answers a WaitError for one too many.
func (c *Console) attempt(ctx context.Context, limits []limit) error {
	return c.Store.AdminTx(ctx, func(q Queries) error {
		now := c.Now()
		counts := make([]Attempts, len(limits))
		for i, l := range limits {
			var err error
			if counts[i], err = q.LockAttempts(ctx, l.id, now); err != nil {
				return fmt.Errorf("sign-in attempts: %w", err)
			}
			if counts[i].Until.After(now) {
				return &WaitError{counts[i].Until.Sub(now)}
			}
			if now.Sub(counts[i].LastAt) > attemptsKept {
				counts[i].Failures = 0
			}
		}
		for i, l := range limits {
			a := counts[i]
			a.Failures, a.LastAt = a.Failures+1, now
			a.Until = now.Add(l.wait(a.Failures))
			if err := q.SaveAttempts(ctx, a); err != nil {
				return fmt.Errorf("sign-in attempts: %w", err)
			}
		}
		return nil
	})
}

// forgive takes back what an attempt counted that was not in vain. What the
// address and the world have guessed stays: a good password of one's own must not
// begin their counts anew.
func (c *Console) forgive(ctx context.Context, limits []limit) error {
	return c.Store.AdminTx(ctx, func(q Queries) error {
		for _, l := range limits {
			a, err := q.LockAttempts(ctx, l.id, c.Now())
			if err != nil {
				return fmt.Errorf("sign-in attempts: %w", err)
			}
			a.Failures, a.Until = max(a.Failures-1, 0), c.Now()
			if l.most > 5*time.Minute { // this account from here, or in this browser
				a.Failures = 0
			}
			if err := q.SaveAttempts(ctx, a); err != nil {
				return fmt.Errorf("sign-in attempts: %w", err)
			}
		}
		return nil
	})
}
