package bbb

import (
	"crypto/sha1" // BigBlueButton before 2.3 knows nothing else; never the default
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"net/url"
	"strings"
)

// Hash names the digest that signs calls. The server tells them apart by their
// length. SHA-384 is left out: Scalelite and others refuse it.
type Hash string

// The hashes that a Client can sign with. The zero Hash means SHA256.
const (
	SHA256 Hash = "sha256"
	SHA512 Hash = "sha512"
	SHA1   Hash = "sha1" // only for servers that know nothing better
)

func (h Hash) or256() Hash {
	if h == "" {
		return SHA256
	}
	return h
}

// new is nil for a hash that we do not sign with.
func (h Hash) new() func() hash.Hash {
	switch h.or256() {
	case SHA256:
		return sha256.New
	case SHA512:
		return sha512.New
	case SHA1:
		return sha1.New
	}
	return nil
}

// Checksum of a call, over the query string exactly as it is sent and without
// the checksum itself: hex(hash(call + query + secret)). It is empty for a hash
// that is not one of the constants.
func (h Hash) Checksum(call, query, secret string) string {
	fresh := h.new()
	if fresh == nil {
		return ""
	}
	d := fresh()
	d.Write([]byte(call))
	d.Write([]byte(query))
	d.Write([]byte(secret))
	return hex.EncodeToString(d.Sum(nil))
}

// query is a query string under construction. It keeps the order in which it was
// built, since what is hashed must be what is sent, byte for byte.
type query struct {
	b strings.Builder
}

// set adds a parameter; an empty value is left out. Blanks become `+`: the one
// form that every BigBlueButton, pool and proxy hashes alike (bigbluebutton#12919).
func (q *query) set(key, value string) {
	if value == "" {
		return
	}
	if q.b.Len() > 0 {
		q.b.WriteByte('&')
	}
	q.b.WriteString(url.QueryEscape(key))
	q.b.WriteByte('=')
	q.b.WriteString(url.QueryEscape(value))
}

// flag adds key=true; false is the server's default and left out.
func (q *query) flag(key string, on bool) {
	if on {
		q.set(key, "true")
	}
}

func (q *query) String() string { return q.b.String() }

// signedURL is the address of a call, its checksum last.
func signedURL(base, call, query string, h Hash, secret string) string {
	sum := "checksum=" + h.Checksum(call, query, secret)
	if query != "" {
		sum = query + "&" + sum
	}
	return base + "/" + call + "?" + sum
}
