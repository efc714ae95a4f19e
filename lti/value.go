package lti

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// The types of claims, as tolerant as platforms require: a value of a wrong type
// is an absent one, and whether that matters is decided claim by claim. None of
// their UnmarshalJSON fails, so that one odd claim does not hide the others.

// text is a string, empty for anything else.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	if data[0] == '"' {
		*t = text(unquote(data))
	}
	return nil
}

// unquote reads a JSON string. Most of them need no work.
func unquote(data []byte) string {
	inner := data[1 : len(data)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(data, &s) // it was found to be a string already
	return s
}

// scalar is a string, or a number or boolean written as one.
type scalar struct {
	text text
	set  bool
}

func (s *scalar) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '{', '[', 'n':
		*s = scalar{}
		return nil
	case '"':
		s.set = true
		return s.text.UnmarshalJSON(data)
	}
	*s = scalar{text: text(data), set: true}
	return nil
}

// flag is true for true, and for the "true" of platforms that quote it.
type flag bool

func (f *flag) UnmarshalJSON(data []byte) error {
	*f = flag(bytes.Equal(bytes.Trim(data, `"`), []byte("true")))
	return nil
}

// list is an array of strings, or a lone string that should be one.
type list struct {
	items   []string
	present bool // the claim is there
	invalid bool // but not a list of strings
}

// maxItems bounds what a launch can make us work through.
const maxItems = 200

func (l *list) UnmarshalJSON(data []byte) error {
	*l = list{present: true}
	switch data[0] {
	case '"':
		l.items = []string{unquote(data)}
		return nil
	case '[':
	default:
		l.invalid = true
		return nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || len(raw) > maxItems {
		l.invalid = true
		return nil
	}
	l.items = make([]string, 0, len(raw))
	for _, item := range raw {
		if item[0] != '"' {
			l.invalid = true
			continue
		}
		l.items = append(l.items, unquote(item))
	}
	return nil
}

// object is a T, or nothing: PHP writes an empty object as [].
type object[T any] struct {
	set *T
}

func (o *object[T]) UnmarshalJSON(data []byte) error {
	o.set = nil
	if data[0] != '{' {
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(data, v); err == nil {
		o.set = v
	}
	return nil
}

func (o *object[T]) orEmpty() T {
	if o.set == nil {
		var empty T
		return empty
	}
	return *o.set
}

// numericDate is a time in seconds since 1970, fractions allowed (RFC 7519 §2).
type numericDate struct {
	time    time.Time
	present bool
	invalid bool // present, but no date
}

// maxDate is the end of the year 9999.
const maxDate = 253402300799

func (d *numericDate) UnmarshalJSON(data []byte) error {
	*d = numericDate{}
	if data[0] == 'n' {
		return nil // null: as if it were not there
	}
	d.present = true
	seconds, err := strconv.ParseFloat(string(data), 64)
	if err != nil || seconds < 0 || seconds > maxDate {
		d.invalid = true
		return nil
	}
	whole, fraction := math.Modf(seconds)
	d.time = time.Unix(int64(whole), int64(fraction*float64(time.Second)))
	return nil
}
