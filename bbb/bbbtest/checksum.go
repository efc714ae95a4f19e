package bbbtest

import (
	"crypto/sha1" // what old clients sign with
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"regexp"
	"slices"
	"strings"
)

// kinds of checksum by their length in hex.
func kind(sum string) (name string, fresh func() hash.Hash) {
	switch len(sum) {
	case 40:
		return "sha1", sha1.New
	case 64:
		return "sha256", sha256.New
	case 96:
		return "sha384", sha512.New384
	case 128:
		return "sha512", sha512.New
	}
	return "", nil
}

// The server takes the checksum out of the raw query by its text; what is left is
// hashed as it came.
var checksumParam = regexp.MustCompile(`(^|&)checksum=([^&]*)`)

// cutChecksum returns the query without its one checksum. Two are an error.
func cutChecksum(raw string) (rest, sum string, ok bool) {
	found := checksumParam.FindAllStringSubmatch(raw, -1)
	if len(found) != 1 {
		return "", "", false
	}
	rest = strings.TrimPrefix(checksumParam.ReplaceAllString(raw, ""), "&")
	return rest, found[0][2], true
}

// signed reports whether a raw query was signed for the call.
func (s *Server) signed(call, raw string) bool {
	rest, sum, ok := cutChecksum(raw)
	if !ok {
		return false
	}
	name, fresh := kind(sum)
	if !s.knows(name) {
		return false
	}
	if !s.cfg.Scalelite {
		sum = strings.ToLower(sum) // BigBlueButton ignores case, Scalelite does not
	}
	for _, secret := range s.cfg.Secrets {
		if subtle.ConstantTimeCompare([]byte(digest(fresh, call+rest+secret)), []byte(sum)) == 1 {
			return true
		}
	}
	return false
}

func (s *Server) knows(name string) bool {
	if name == "" || s.cfg.Scalelite && name == "sha384" {
		return false
	}
	return s.cfg.Hashes == nil || slices.Contains(s.cfg.Hashes, name)
}

func digest(fresh func() hash.Hash, text string) string {
	h := fresh()
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// internalID is BigBlueButton's: sha1(meetingID)-createTime.
func internalID(meetingID string, createTime int64) string {
	return digest(sha1.New, meetingID) + "-" + decimal(createTime)
}
