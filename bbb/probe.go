package bbb

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Finding is what Test found wrong with the connection to a server.
type Finding string

// The findings of Test.
const (
	BadSettings     Finding = "bad settings"    // address, secret or hash make no sense as they are
	HostUnknown     Finding = "host unknown"    // its name does not resolve
	NoConnection    Finding = "no connection"   // refused, filtered or too slow
	BadCertificate  Finding = "bad certificate" // expired, self-signed or for another name
	WrongPath       Finding = "wrong path"      // a web server answers, but not BigBlueButton
	WrongHost       Finding = "wrong host"      // it redirects elsewhere
	WrongSecret     Finding = "wrong secret"
	SecretHasBlanks Finding = "secret has blanks" // it would be right without the blanks at its ends
	OldSecret       Finding = "old secret"        // another of the secrets is the valid one: put it first
	HashRefused     Finding = "hash refused"      // the secret is right with another hash, see TestError.Hash
	OutOfOrder      Finding = "out of order"      // it is there but says that it cannot, or its proxy does
)

// TestError is what Test returns; Err is the first call's failure.
type TestError struct {
	Finding Finding
	Hash    Hash // for HashRefused: one that works
	Err     error
}

func (e *TestError) Error() string { return string(e.Finding) + ": " + e.Err.Error() }
func (e *TestError) Unwrap() error { return e.Err }

// Test makes a signed call about a meeting that does not exist. The unsigned
// index would answer with any secret. It asks even while the circuit is open, and
// if the server refuses, further calls find out why. The error is a *TestError.
func (c *Client) Test(ctx context.Context) error {
	probe := newProbe()
	if err := c.ready(); err != nil {
		err = &Error{Call: probe.name, Reason: Invalid, Err: err}
		return &TestError{Finding: finding(err), Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	err := c.try(ctx, probe, c.Hash, c.Secrets[0])
	switch {
	case err == nil:
		return nil
	case ChecksumRefused(err):
		return c.whyRefused(ctx, probe, err)
	}
	return &TestError{Finding: finding(err), Err: err}
}

func newProbe() call {
	var q query
	q.set("meetingID", "connection-test-"+rand.Text())
	return call{name: "isMeetingRunning", query: q.String(), decode: decodeInto(&struct{ status }{})}
}

// whyRefused tries what else could have been meant.
func (c *Client) whyRefused(ctx context.Context, probe call, first error) error {
	works := func(h Hash, secret string) bool { return c.try(ctx, probe, h, secret) == nil }
	secret := c.Secrets[0]
	if clean := strings.TrimSpace(secret); clean != secret && works(c.Hash, clean) {
		return &TestError{Finding: SecretHasBlanks, Err: first}
	}
	for _, h := range []Hash{SHA256, SHA512, SHA1} {
		if h != c.Hash.or256() && works(h, secret) {
			return &TestError{Finding: HashRefused, Hash: h, Err: first}
		}
	}
	for _, other := range c.Secrets[1:] {
		if works(c.Hash, other) {
			return &TestError{Finding: OldSecret, Err: first}
		}
	}
	return &TestError{Finding: WrongSecret, Err: first}
}

func finding(err error) Finding {
	var e *Error
	if !errors.As(err, &e) {
		return NoConnection
	}
	switch e.Reason {
	case Invalid:
		return BadSettings
	case Refused:
		return OutOfOrder
	case Redirected:
		return WrongHost
	case Unreadable, TooLarge:
		if e.Status >= http.StatusInternalServerError {
			return OutOfOrder
		}
		return WrongPath
	}
	return connection(err)
}

func connection(err error) Finding {
	var (
		dns       *net.DNSError
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return HostUnknown
	case errors.As(err, &invalid), errors.As(err, &authority), errors.As(err, &name):
		return BadCertificate
	}
	return NoConnection
}
