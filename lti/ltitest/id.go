package ltitest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// Form makes the id that an LMS has for what tests call by a name.
type Form func(name string) string

func asNamed(name string) string { return name }

// number is a counter's value, as Moodle's ids; a name that is one is kept.
func number(name string) string {
	if name != "" && strings.Trim(name, "0123456789") == "" {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strconv.FormatUint(1+binary.BigEndian.Uint64(sum[:])>>20, 10)
}

// hexadecimal makes ids of so many digits.
func hexadecimal(digits int) Form {
	return func(name string) string {
		sum := sha256.Sum256([]byte(name))
		return hex.EncodeToString(sum[:])[:digits]
	}
}

func guid(name string) string {
	h := hexadecimal(32)(name)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// between puts an id between two fixed texts.
func between(before string, id Form, after string) Form {
	return func(name string) string { return before + id(name) + after }
}

// Subject is the LMS's id of a person.
func (l *LMS) Subject(person string) string { return l.Profile.Subjects(person) }

// ContextID is the LMS's id of a course.
func (l *LMS) ContextID(course string) string { return l.Profile.Contexts(course) }

// LinkID is the LMS's id of a resource link.
func (l *LMS) LinkID(link string) string { return l.Profile.Links(link) }
