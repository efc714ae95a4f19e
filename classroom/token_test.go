package classroom_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func TestSignerOpensOnlyWhatItSigned(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := &classroom.Signer{Master: []byte(strings.Repeat("k", 32)), Now: clock}
	other := &classroom.Signer{Master: []byte(strings.Repeat("x", 32)), Now: clock}
	token, err := s.Sign("ticket", map[string]string{"room": "r1"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	later := func() time.Time { return now.Add(time.Minute) }

	tests := []struct {
		name    string
		signer  *classroom.Signer
		purpose classroom.Purpose
		token   string
		holds   bool
	}{
		{"as signed", s, "ticket", token, true},
		{"another purpose", s, "session", token, false},
		{"another master key", other, "ticket", token, false},
		{"expired", &classroom.Signer{Master: s.Master, Now: later}, "ticket", token, false},
		{"changed body", s, "ticket", "A" + token[1:], false},
		{"changed code", s, "ticket", token[:len(token)-3] + strings.ToUpper(token[len(token)-3:]) + "_", false},
		{"no code", s, "ticket", strings.SplitN(token, ".", 2)[0], false},
		{"empty", s, "ticket", "", false},
		{"huge", s, "ticket", strings.Repeat("a", 1<<20), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var body map[string]string
			id, expires, err := test.signer.Open(test.purpose, test.token, &body)
			if !test.holds {
				if !errors.Is(err, classroom.ErrToken) {
					t.Fatalf("Open = %v, want ErrToken", err)
				}
				return
			}
			if err != nil || id == "" || body["room"] != "r1" || !expires.Equal(now.Add(time.Minute)) {
				t.Errorf("Open = %q, %v, %v, body %v", id, expires, err, body)
			}
		})
	}
}

func TestSignerCodesAreStableAndKeptApart(t *testing.T) {
	s := &classroom.Signer{Master: []byte(strings.Repeat("k", 32)), Now: time.Now}
	again := &classroom.Signer{Master: []byte(strings.Repeat("k", 32)), Now: time.Now}
	code := s.Code("bbb moderator", "m1")
	if code != again.Code("bbb moderator", "m1") {
		t.Error("replicas do not agree on a code")
	}
	if strings.ContainsAny(code, "~*+/= ") {
		t.Errorf("code %q has characters that servers encode differently", code)
	}
	for name, other := range map[string]string{
		"another use":    s.Code("bbb attendee", "m1"),
		"another part":   s.Code("bbb moderator", "m2"),
		"parts rejoined": s.Code("bbb moderator", "m", "1"),
	} {
		if other == code {
			t.Errorf("%s gives the same code", name)
		}
	}
	if !s.CodeIs(code, "bbb moderator", "m1") || s.CodeIs(code, "bbb moderator", "m2") || s.CodeIs("", "bbb moderator", "m1") {
		t.Error("CodeIs does not tell codes apart")
	}
}

// masters are keys that change when they are looked at.
type masters struct{ now, then [][]byte }

func (m *masters) Masters() [][]byte { return m.now }

func (m *masters) Look() bool {
	changed := len(m.then) > 0
	if changed {
		m.now, m.then = m.then, nil
	}
	return changed
}

// While one master key takes another's place, nothing that was signed is lost:
// not what the old one signed, nor what another replica signs with the new one.
func TestSignerWhileKeysChange(t *testing.T) {
	old, next := []byte(strings.Repeat("o", 32)), []byte(strings.Repeat("n", 32))
	before := &classroom.Signer{Master: old, Now: time.Now}
	after := &classroom.Signer{Masters: &masters{now: [][]byte{next, old}}, Now: time.Now}
	late := &classroom.Signer{Masters: &masters{now: [][]byte{old}, then: [][]byte{next, old}}, Now: time.Now}
	done := &classroom.Signer{Master: next, Now: time.Now}
	sign := func(s *classroom.Signer) string {
		token, err := s.Sign("ticket", "x", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	for _, test := range []struct {
		name        string
		by, read    *classroom.Signer
		holds, same bool
	}{
		{"the old key's, read with both", before, after, true, false},
		{"the new key's, read by who has not looked", after, late, true, true},
		{"the new key's, read when the old one is gone", after, done, true, true},
		{"the old key's, read when it is gone", before, done, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var body string
			_, _, err := test.read.Open("ticket", sign(test.by), &body)
			if holds := err == nil; holds != test.holds || test.read.CodeIs(test.by.Code("use", "a"), "use", "a") != test.holds {
				t.Errorf("Open: %v", err)
			}
			if same := test.read.KeyID() == test.by.KeyID(); same != test.same {
				t.Errorf("same key: %v", same)
			}
			// What keeps the id of its key stays the same while that key is there.
			id := test.by.KeyID()
			if is := test.read.CodeOf(id, "use", "a") == test.by.CodeOf(id, "use", "a"); is != test.holds {
				t.Errorf("the same code: %v", is)
			}
		})
	}
	if after.CodeOf("", "use", "a") != before.Code("use", "a") {
		t.Error("what names no key is not of the oldest")
	}
}
