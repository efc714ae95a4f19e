package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
)

// trouble is why there was no answer.
type trouble string

const (
	unknownName  trouble = "name"      // does not resolve
	forbidden    trouble = "forbidden" // an address that must not be dialled
	expired      trouble = "expired"   // the certificate
	otherName    trouble = "other"     // a certificate for another name
	untrusted    trouble = "untrusted" // a certificate of an unknown authority, or an incomplete chain
	noTLS        trouble = "plain"     // speaks, but not TLS
	tooSlow      trouble = "slow"
	noConnection trouble = "closed"
)

func (d *Doctor) troubleOf(err error) trouble {
	for _, f := range d.Forbidden {
		if errors.Is(err, f) {
			return forbidden
		}
	}
	if t := certificateTrouble(err); t != "" {
		return t
	}
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return unknownName
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), timedOut(err):
		return tooSlow
	}
	return noConnection
}

func certificateTrouble(err error) trouble {
	var (
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		authority x509.UnknownAuthorityError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return expired
	case errors.As(err, &host):
		return otherName
	case errors.As(err, &authority), errors.As(err, &invalid):
		return untrusted
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return noTLS
	}
	return ""
}

func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// cause is an error of the HTTP client without the address, whose query may be a secret.
func cause(err error) string {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}
