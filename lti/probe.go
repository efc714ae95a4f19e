package lti

import (
	"context"
	"errors"
	"fmt"
)

// KeysFinding is what Keys.Test found wrong with where a platform's keys should be.
type KeysFinding string

// The findings of Keys.Test.
const (
	KeysAddress  KeysFinding = "address"  // must not be asked: http, or no address at all
	KeysSilent   KeysFinding = "silent"   // no answer, see Err
	KeysStatus   KeysFinding = "status"   // an answer without success
	KeysPage     KeysFinding = "page"     // a page for people
	KeysNonsense KeysFinding = "nonsense" // neither keys nor a page
	KeysNone     KeysFinding = "none"     // a key set without a key that may sign launches
)

// KeysError is what Keys.Test returns.
type KeysError struct {
	Finding KeysFinding
	Status  int // for KeysStatus
	Err     error
}

func (e *KeysError) Error() string { return "key set: " + string(e.Finding) + ": " + e.Err.Error() }
func (e *KeysError) Unwrap() error { return e.Err }

// Test fetches the platform's key set anew, beside what is remembered, and answers
// how many keys may sign launches. The error is a *KeysError.
func (k *Keys) Test(ctx context.Context, p Platform) (int, error) {
	src := source{p.JWKSURL, p.OnPremises}
	if err := src.check(); err != nil {
		return 0, &KeysError{Finding: KeysAddress, Err: err}
	}
	view, err := k.fetch(ctx, src)
	if err != nil {
		return 0, keysError(err)
	}
	if len(view.keys) == 0 {
		return 0, &KeysError{Finding: KeysNone, Err: fmt.Errorf("no RSA key of %d bits or more with a kid, for RS256", minKeyBits)}
	}
	return len(view.keys), nil
}

// Test asks the platform for a token, beside those that are remembered. That a
// scope is refused (RFC 6749 §5.2) says that the platform knows us. The error is a
// *ServiceError.
func (s *Services) Test(ctx context.Context, a Access) error {
	_, err := s.askToken(ctx, a, []string{ScopeRoster})
	if scopesRefused(err) {
		return nil
	}
	return err
}

// statusRefused is an answer without success.
type statusRefused struct{ status int }

func (e *statusRefused) Error() string { return fmt.Sprintf("HTTP status %d", e.status) }

// notKeys is an answer that is no key set.
type notKeys struct {
	page bool
	err  error
}

func (e *notKeys) Error() string { return e.err.Error() }
func (e *notKeys) Unwrap() error { return e.err }

func keysError(err error) *KeysError {
	var refused *statusRefused
	var nonsense *notKeys
	switch {
	case errors.As(err, &refused):
		return &KeysError{Finding: KeysStatus, Status: refused.status, Err: err}
	case errors.As(err, &nonsense) && nonsense.page:
		return &KeysError{Finding: KeysPage, Err: err}
	case errors.As(err, &nonsense):
		return &KeysError{Finding: KeysNonsense, Err: err}
	}
	return &KeysError{Finding: KeysSilent, Err: err}
}
