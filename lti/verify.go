package lti

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// Verify checks the platform's answer to a login (Security Framework §5.1.1.3,
// §5.1.3; LTI Core §5.3). The form is the body of a POST, and its size is the
// caller's to limit; the cookies are those that the browser sent.
//
// The nonce has been found to belong to this login, not yet to be unused: see
// Launch.Nonce.
func (t *Tool) Verify(ctx context.Context, form url.Values, cookies []*http.Cookie) (*Launch, error) {
	return t.verify(ctx, form, func(s state) error {
		err := s.heldBy(cookies)
		if e := (*Error)(nil); errors.As(err, &e) && e.Reason == CookieMissing {
			return t.withStorage(ctx, s, e)
		}
		return err
	})
}

// verify lets heldBy say whether this browser began the login.
func (t *Tool) verify(ctx context.Context, form url.Values, heldBy func(state) error) (*Launch, error) {
	if err := checkEnvelope(form); err != nil {
		return nil, err
	}
	s, err := t.answered(form)
	if err == nil {
		err = heldBy(s)
	}
	if form.Has("error") {
		return nil, platformError(form, s, err)
	}
	if err != nil {
		return nil, of(s.platformID, err)
	}
	l, err := t.verifyToken(ctx, form.Get("id_token"), s)
	if err != nil {
		return nil, of(s.platformID, err)
	}
	l.Cookies = []*http.Cookie{deleteCookie(s.cookieName())}
	return l, nil
}

func checkEnvelope(form url.Values) error {
	for _, name := range []string{"id_token", "state", "error"} {
		if n := len(form[name]); n > 1 {
			return refuse(ParameterDuplicate, "%d times %s", n, name)
		}
	}
	if !form.Has("error") && form.Get("id_token") == "" {
		return refuse(IDTokenMissing, "no id_token")
	}
	return nil
}

// answered is the login that this is the answer to.
func (t *Tool) answered(form url.Values) (state, error) {
	sealed := form.Get("state")
	if sealed == "" {
		return state{}, refuse(StateMissing, "no state")
	}
	s, err := t.open(sealed)
	if err != nil {
		return state{}, err
	}
	now := t.now()
	switch {
	case s.issued.After(now.Add(t.leeway())):
		return s, refuse(StateInvalid, "state is of the future: do the replicas' clocks agree?")
	case !now.Before(s.expires()):
		return s, refuse(StateExpired, "the login began at %s", s.issued.UTC())
	}
	return s, nil
}

// open opens a state that one of the secrets signed. One that is signed with
// none may be of a replica whose secret we have not met.
func (t *Tool) open(sealed string) (state, error) {
	var wrong error
	for _, again := range []bool{false, true} {
		secrets, err := t.secrets(again)
		if err != nil {
			return state{}, err
		}
		for _, secret := range secrets {
			s, err := openState(secret, sealed)
			if err == nil {
				return s, nil
			}
			wrong = err
		}
	}
	return state{}, refuse(StateInvalid, "state %w", wrong)
}

// platformError is the platform's own refusal. It uses the login up if it is
// really the answer to one; anybody can post such a form.
func platformError(form url.Values, s state, stateErr error) error {
	code := form.Get("error")
	e := refuse(lmsReason(code), "platform answered %s: %s", shown(code), shown(form.Get("error_description")))
	e.PlatformID = s.platformID
	if stateErr == nil {
		e.Cookies = []*http.Cookie{deleteCookie(s.cookieName())}
	}
	return e
}

func lmsReason(code string) Reason {
	known := []Reason{
		LMSInvalidRequest, LMSAccessDenied, LMSUnauthorizedClient, LMSResponseType,
		LMSInvalidScope, LMSLoginRequired, LMSLaunchNoLonger,
	}
	if r := Reason("lms_" + code); slices.Contains(known, r) {
		return r
	}
	return LMSError
}

func (t *Tool) verifyToken(ctx context.Context, raw string, s state) (*Launch, error) {
	p, found, err := t.Platforms.FindPlatform(ctx, s.platformID)
	if err != nil {
		return nil, fmt.Errorf("lti: find platform %s: %w", s.platformID, err)
	}
	if !found {
		return nil, refuse(PlatformDisabled, "registration is gone or disabled")
	}
	tok, err := parseToken(raw)
	if err != nil {
		return nil, err
	}
	if err := t.checkRegistered(&tok.claims, p, s); err != nil {
		return nil, err
	}
	if err := t.checkSignature(ctx, raw, tok, p); err != nil {
		return nil, err
	}
	if err := t.checkMessage(&tok.claims, p); err != nil {
		return nil, err
	}
	l := tok.claims.launch(p)
	l.NonceExpires = s.expires().Add(t.leeway())
	return l, nil
}

// checkSignature gets the key that the token names, and checks that what was
// read is what was signed.
func (t *Tool) checkSignature(ctx context.Context, raw string, tok *token, p Platform) error {
	key, err := t.Keys.Key(ctx, p, tok.header.KeyID)
	if err != nil {
		return err
	}
	if err := verifySignature(raw, key); err != nil {
		return refuse(SignatureWrong, "kid %s: %w", shown(tok.header.KeyID), err)
	}
	return nil
}
