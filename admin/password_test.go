package admin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]string{
		"maple gantry 47 violins":           "",
		"K7#qz!Lm2w-p":                      "",
		"пароль-из-слов-зимой":              "",
		"short":                             "console.password.short",
		"":                                  "console.password.short",
		"elevenchars":                       "console.password.short",
		"ｅｌｅｖｅｎ＿ｃｈｒ":                        "console.password.short", // 11 characters, whatever their width
		strings.Repeat("maple gantry ", 20): "console.password.long",
		strings.Repeat("\U0001F3BB", 255) + "maple": "console.password.long",
		"aaaaaaaaaaaaaaaa":                          "console.password.silly",
		"abababababababab":                          "console.password.silly",
		"password1234":                              "console.password.silly",
		"Passwort2026!":                             "console.password.silly",
		"qwertzuiop123456":                          "console.password.silly",
		"classbridge-admin":                         "console.password.silly",
		"ada.byron1234":                             "console.password.silly",
		"example.org2026":                           "console.password.silly",
		"letmein letmein":                           "console.password.silly",
		"bad \xff\xfe utf-8 bytes":                  "console.password.text",
	} {
		err := checkPassword(password, "Ada Byron", "ada.byron@example.org")
		got := ""
		var refused *classroom.Error
		if errors.As(err, &refused) {
			got = refused.Message
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	c := &Console{}
	hash, err := c.hashPassword(t.Context(), "maple gantry ﬁve")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{
		"maple gantry ﬁve":  true,
		"maple gantry five": true, // the same characters, typed on another keyboard
		"Maple gantry five": false,
		"":                  false,
	} {
		if is, old, err := c.passwordIs(t.Context(), password, hash); is != want || old || err != nil {
			t.Errorf("%q: %t, old %t, %v", password, is, old, err)
		}
	}
	if is, _, err := c.passwordIs(t.Context(), "", ""); is || err != nil {
		t.Errorf("no password for no hash: %t, %v", is, err)
	}
	if _, _, err := c.passwordIs(t.Context(), "x", "$argon2id$broken"); err == nil {
		t.Error("a broken hash is taken for one")
	}
}

// Who waits for the answer does not learn whether there is an account.
func TestPasswordTakesAsLong(t *testing.T) {
	c := &Console{}
	hash, err := c.hashPassword(t.Context(), "maple gantry 47 violins")
	if err != nil {
		t.Fatal(err)
	}
	took := func(hash string) time.Duration {
		best := time.Hour
		for range 7 {
			start := time.Now()
			if _, _, err := c.passwordIs(t.Context(), "wrong", hash); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := took(hash), took("")
	if known > 3*unknown || unknown > 3*known {
		t.Errorf("%s with an account, %s without", known, unknown)
	}
}

func TestHashesAtOnce(t *testing.T) {
	var s slots
	for range hashesAtOnce {
		if _, err := s.take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.take(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("one too many: %v", err)
	}
}

func TestWaits(t *testing.T) {
	l := limit{free: 3, first: 2 * time.Second, most: time.Minute}
	for failures, want := range map[int64]time.Duration{
		0: 0, 3: 0, 4: 2 * time.Second, 5: 4 * time.Second, 8: 32 * time.Second, 9: time.Minute, 5000: time.Minute,
	} {
		if got := l.wait(failures); got != want {
			t.Errorf("after %d failures %s, want %s", failures, got, want)
		}
	}
}

func TestReadRules(t *testing.T) {
	for text, want := range map[string]int{
		"":                            0,
		"it = admin\n\n a=b = owner ": 2,
		"it":                          -1,
		"= admin":                     -1,
		"it = root":                   -1,
		"it = Admin":                  1,
		"i\x00t = admin":              -1,
		strings.Repeat("g = admin\n", rulesMost+1): -1,
	} {
		rules, err := readRules(text)
		if err != nil && want >= 0 || err == nil && len(rules) != want {
			t.Errorf("%.40q: %v, %v", text, rules, err)
		}
	}
}
