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
