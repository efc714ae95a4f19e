package lti

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// Storage is a place in the platform's page where a login may leave its proof
// for browsers that keep no cookies in frames (1EdTech LTI Client Side
// postMessages, OIDC Login with Client Side postMessages). Our page sends
// lti.put_data and lti.get_data to the frame named Target; it must name Origin
// as the recipient, and believe nobody else's answers.
type Storage struct {
	Target string // a frame of the platform's page, or _parent for that page itself
	Origin string // of the platform's authorization endpoint, as new URL(Origin).origin would write it for ASCII hosts
	Key    string
	Value  string // to put; empty where it is to be asked for
}

// VerifyStored is Verify for a browser that kept no cookie: value is what the
// platform's storage had under the Key of Error.Storage, and proves that the
// page which asked for it is framed by the page that the login began in.
//
// The caller must make sure that the form was posted by our own page (its Origin
// header is ours). Somebody who begins a login of their own knows its value, and
// could otherwise post both from elsewhere, which would put a stranger's browser
// into their session (login CSRF); our page asks the platform's page around it.
func (t *Tool) VerifyStored(ctx context.Context, form url.Values, value string) (*Launch, error) {
	return t.verify(ctx, form, func(s state) error { return s.storedAs(value) })
}

// storedAs says whether value is the proof that Login gave out for this state.
func (s state) storedAs(value string) error {
	switch {
	case s.storageTarget == "":
		return refuse(StorageMissing, "the platform named no storage at the login")
	case value == "":
		return refuse(StorageMissing, "the platform's storage had nothing")
	case !hmac.Equal([]byte(value), []byte(s.proof())):
		return refuse(StorageMismatch, "the value is not the one of this login")
	}
	return nil
}

// proof is the value for the platform's storage. It is not the cookie's: that
// one never becomes known to a script.
func (s state) proof() string {
	return base64.RawURLEncoding.EncodeToString(mac(s.secret, labelStored, s.id[:]))
}

// storage is nil if the login named no target.
func (s state) storage(p Platform, value string) *Storage {
	u, err := url.Parse(p.AuthURL)
	if s.storageTarget == "" || err != nil {
		return nil
	}
	key := "lti_state_" + base64.RawURLEncoding.EncodeToString(s.id[:])
	return &Storage{Target: s.storageTarget, Origin: browserOrigin(u), Key: key, Value: value}
}

// withStorage says where the proof may be that no cookie was.
func (t *Tool) withStorage(ctx context.Context, s state, e *Error) error {
	if s.storageTarget == "" {
		return e
	}
	p, found, err := t.Platforms.FindPlatform(ctx, s.platformID)
	switch {
	case err != nil:
		return fmt.Errorf("lti: find platform %s: %w", s.platformID, err)
	case found:
		e.Storage = s.storage(p, "")
	}
	return e
}

// storageTarget is the name of the frame that keeps data for us, if it can be one.
func storageTarget(form url.Values) string {
	target := form.Get("lti_storage_target")
	if len(target) > maxWord || !plain(target) {
		return ""
	}
	return target
}

// browserOrigin is an origin as browsers write it (RFC 6454 §6.2): without the
// port that goes without saying.
func browserOrigin(u *url.URL) string {
	o := origin(u)
	if u.Scheme == "https" {
		return strings.TrimSuffix(o, ":443")
	}
	return strings.TrimSuffix(o, ":80")
}
