package lti_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
)

// notice is a good one of a copied course, under construction.
func (w *world) notice() *attempt {
	now := w.Now().Unix()
	return &attempt{
		header: map[string]any{"typ": "JWT", "alg": "RS256", "kid": w.lms.Key().KID},
		claims: map[string]any{
			"iss": "https://lms.example", "aud": "classbridge-client", "azp": "classbridge-client",
			"iat": now, "exp": now + 300, "nonce": "nonce-1",
			claim + "version": "1.3.0", claim + "deployment_id": "1",
			claim + "notice":          map[string]any{"id": "notice-1", "type": lti.ContextCopyNotice, "timestamp": "2026-09-01T07:59:58.123Z"},
			claim + "context":         map[string]any{"id": "course-2", "title": "Copy of Algebra"},
			claim + "origin_contexts": []any{"course-1", "", 7},
		},
	}
}

func (w *world) verifyNotice(t testing.TB, a *attempt) (*lti.Notice, error) {
	return w.tool.VerifyNotice(t.Context(), ltitest.Sign(a.header, a.claims, w.lms.Key().Private))
}

func TestNotice(t *testing.T) {
	w := newWorld(t)
	got, err := w.verifyNotice(t, w.notice())
	if err != nil {
		t.Fatal(err)
	}
	want := &lti.Notice{
		Platform: w.lms.Platform("p1"), DeploymentID: "1", ID: "notice-1", Type: lti.ContextCopyNotice,
		Nonce: "nonce-1", NonceExpires: w.Now().Add(300*time.Second + time.Minute),
		Timestamp: time.Date(2026, 9, 1, 7, 59, 58, 123e6, time.UTC),
		Context:   &lti.Context{ID: "course-2", Title: "Copy of Algebra", Type: []string{}}, OriginContexts: []string{"course-1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNoticeVariants(t *testing.T) {
	w := newWorld(t)
	hello := in(claim+"notice", "type", lti.HelloWorldNotice)
	tests := []struct {
		name   string
		change func(*attempt)
	}{
		{"hello without a course", all(hello, drop(claim+"context"), drop(claim+"origin_contexts"))},
		{"a type that is new", in(claim+"notice", "type", "LtiSomethingNotice")},
		{"no azp", drop("azp")},
		{"aud as a list", set("aud", []any{"classbridge-client"})},
		{"no timestamp", in(claim+"notice", "timestamp", "")},
		{"a subject", set("sub", "whoever")},
		{"almost a day old", all(set("iat", w.Now().Add(-23*time.Hour).Unix()), set("exp", w.Now().Add(time.Hour).Unix()))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.notice()
			test.change(a)
			if _, err := w.verifyNotice(t, a); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNoticeRefusals(t *testing.T) {
	w := newWorld(t)
	now := w.Now()
	tests := []struct {
		name   string
		change func(*attempt)
		want   lti.Reason
	}{
		{"iss of another", set("iss", "https://evil.example"), lti.PlatformUnknown},
		{"no iss", drop("iss"), lti.PlatformUnknown},
		{"iss with a NUL", set("iss", "https://lms.example\x00"), lti.PlatformUnknown},
		{"aud of another", set("aud", "other"), lti.AudienceMismatch},
		{"aud and azp of another", all(set("aud", "other"), set("azp", "other")), lti.PlatformUnknown},
		{"azp of another", set("azp", "other"), lti.PlatformUnknown},
		{"aud of another, no azp", all(set("aud", "other"), drop("azp")), lti.PlatformUnknown},
		{"no aud", all(drop("aud"), drop("azp")), lti.PlatformUnknown},
		{"aud for others too", set("aud", []any{"classbridge-client", "other"}), lti.AudienceUntrusted},
		{"alg none", func(a *attempt) { a.header["alg"] = "none" }, lti.AlgorithmRefused},
		{"alg HS256", func(a *attempt) { a.header["alg"] = "HS256" }, lti.AlgorithmRefused},
		{"no kid", func(a *attempt) { delete(a.header, "kid") }, lti.KIDMissing},
		{"kid of nobody", func(a *attempt) { a.header["kid"] = "unknown" }, lti.KIDUnknown},
		{"expired", set("exp", now.Add(-2*time.Minute).Unix()), lti.Expired},
		{"no exp", drop("exp"), lti.ExpiryMissing},
		{"exp is no date", set("exp", "tomorrow"), lti.DateInvalid},
		{"of the future", all(set("iat", now.Add(2*time.Minute).Unix()), set("exp", now.Add(5*time.Minute).Unix())), lti.IssuedInFuture},
		{"no iat", drop("iat"), lti.IssuedMissing},
		{"older than a day", set("iat", now.Add(-25*time.Hour).Unix()), lti.IssuedTooEarly},
		{"nbf in the future", set("nbf", now.Add(2*time.Minute).Unix()), lti.NotYetValid},
		{"no nonce", drop("nonce"), lti.NonceMissing},
		{"nonce too long", set("nonce", strings.Repeat("x", 256)), lti.NonceMismatch},
		{"no version", drop(claim + "version"), lti.VersionMissing},
		{"another version", set(claim+"version", "1.1.0"), lti.VersionUnsupported},
		{"no deployment", drop(claim + "deployment_id"), lti.DeploymentMissing},
		{"empty deployment", set(claim+"deployment_id", ""), lti.DeploymentInvalid},
		{"no notice", drop(claim + "notice"), lti.NoticeMissing},
		{"notice is a text", set(claim+"notice", "hello"), lti.NoticeMissing},
		{"notice without an id", in(claim+"notice", "id", ""), lti.NoticeInvalid},
		{"notice without a type", in(claim+"notice", "type", ""), lti.NoticeInvalid},
		{"copy of no course", drop(claim + "context"), lti.NoticeInvalid},
		{"course without an id", set(claim+"context", map[string]any{"title": "x"}), lti.ContextInvalid},
		{"a message too", set(claim+"message_type", lti.ResourceLinkRequest), lti.NoticeInvalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.notice()
			test.change(a)
			_, err := w.verifyNotice(t, a)
			if got := reason(t, err); got != test.want {
				t.Errorf("reason %q, want %q: %v", got, test.want, err)
			}
		})
	}
}

func TestNoticeSignature(t *testing.T) {
	w := newWorld(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	a := w.notice()
	good := ltitest.Sign(a.header, a.claims, w.lms.Key().Private)
	parts := strings.Split(good, ".")
	set(claim+"deployment_id", "2")(a)
	changed := strings.Split(ltitest.Sign(a.header, a.claims, w.lms.Key().Private), ".")[1]
	for name, test := range map[string]struct {
		token string
		want  lti.Reason
	}{
		"of a stranger":   {ltitest.Sign(a.header, a.claims, stranger), lti.SignatureWrong},
		"of another text": {parts[0] + "." + changed + "." + parts[2], lti.SignatureWrong},
		"none":            {parts[0] + "." + parts[1] + ".", lti.SignatureWrong},
		"no token":        {"hello", lti.TokenMalformed},
		"nothing":         {"", lti.TokenMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.tool.VerifyNotice(t.Context(), test.token)
			if got := reason(t, err); got != test.want {
				t.Errorf("reason %q, want %q", got, test.want)
			}
		})
	}
	if _, err := w.tool.VerifyNotice(t.Context(), good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// One signature must not do for the other purpose.
func TestNoticesAndLaunchesAreNotExchanged(t *testing.T) {
	w := newWorld(t)
	a := w.begin(t)
	_, err := w.verifyNotice(t, a)
	if got := reason(t, err); got != lti.NoticeInvalid {
		t.Errorf("a launch as notice: %v", err)
	}
	drop(claim + "message_type")(a)
	if _, err = w.verifyNotice(t, a); reason(t, err) != lti.NoticeMissing {
		t.Errorf("a launch without its type as notice: %v", err)
	}

	login := w.begin(t)
	n := w.notice()
	n.form, n.cookies = login.form, login.cookies
	if _, err = w.verify(t.Context(), n); reason(t, err) != lti.NonceMismatch {
		t.Errorf("a notice as launch: %v", err)
	}
	n.claims["nonce"], n.claims["sub"], n.claims[claim+"roles"] = login.claims["nonce"], "teacher", []any{}
	if _, err = w.verify(t.Context(), n); reason(t, err) != lti.MessageTypeMissing {
		t.Errorf("a notice that knows the nonce as launch: %v", err)
	}
}

// A platform may have several registrations of one issuer (Canvas), and those of
// others are not asked for their keys.
func TestNoticeFindsItsRegistration(t *testing.T) {
	w := newWorld(t)
	second := w.lms.Platform("p2")
	second.ClientID = "second-client"
	w.platforms.add(second)
	a := w.notice()
	all(set("aud", "second-client"), drop("azp"))(a)
	got, err := w.verifyNotice(t, a)
	if err != nil || got.Platform.ID != "p2" {
		t.Errorf("platform %v, %v", got, err)
	}
	w.platforms.err = errors.New("database is away")
	if _, err := w.verifyNotice(t, a); !errors.Is(err, w.platforms.err) || errors.As(err, new(*lti.Error)) {
		t.Errorf("got %v, want the database's error and no refusal", err)
	}
}

// careless are registrations in a database that finds what is alike, too.
type careless struct{ *platforms }

func (c careless) FindPlatforms(ctx context.Context, _, _ string) ([]lti.Platform, error) {
	p, _, err := c.FindPlatform(ctx, "p1")
	return []lti.Platform{p}, err
}

func TestNoticeOfAlikeIssuer(t *testing.T) {
	w := newWorld(t)
	w.tool.Platforms = careless{w.platforms}
	a := w.notice()
	set("iss", "https://LMS.example")(a)
	if _, err := w.verifyNotice(t, a); reason(t, err) != lti.PlatformUnknown {
		t.Errorf("got %v", err)
	}
}

// The nonce need not be remembered for as long as a platform pleases.
func TestNoticeNonceExpires(t *testing.T) {
	w := newWorld(t)
	a := w.notice()
	set("exp", w.Now().Add(1000*time.Hour).Unix())(a)
	got, err := w.verifyNotice(t, a)
	if err != nil {
		t.Fatal(err)
	}
	if want := w.Now().Add(24*time.Hour + time.Minute); !got.NonceExpires.Equal(want) {
		t.Errorf("expires %s, want %s", got.NonceExpires, want)
	}
	w.pass(got.NonceExpires.Sub(w.Now()) + time.Second)
	if _, err := w.verifyNotice(t, a); reason(t, err) != lti.IssuedTooEarly {
		t.Errorf("after that: %v", err)
	}
}

func TestParseNotices(t *testing.T) {
	many := func(n int) string {
		return `{"notices":[` + strings.TrimSuffix(strings.Repeat(`{"jwt":"x"},`, n), ",") + `]}`
	}
	for body, want := range map[string]int{
		`{"notices":[{"jwt":"a.b.c"},{"jwt":"d.e.f","x":1}]}`: 2,
		`{"notices":[{"jwt":7}]}`:                             1, // an empty token, refused by itself
		many(100):                                             100,
		many(101):                                             0,
		`{"notices":[]}`:                                      0,
		`{"notices":"x"}`:                                     0,
		`{}`:                                                  0,
		`[]`:                                                  0,
		``:                                                    0,
		`<html>`:                                              0,
	} {
		tokens, err := lti.ParseNotices([]byte(body))
		if len(tokens) != want || (want == 0) != (reason(t, err) == lti.NoticesMalformed) {
			t.Errorf("%.60s: %d tokens, %v; want %d", body, len(tokens), err, want)
		}
	}
	tokens, err := lti.ParseNotices([]byte(`{"notices":[{"jwt":"a"},{"jwt":"b"}]}`))
	if err != nil || fmt.Sprint(tokens) != "[a b]" {
		t.Errorf("%v, %v", tokens, err)
	}
	if got := lti.NoticesMalformed.Status(); got != 400 {
		t.Errorf("status %d", got)
	}
}

// FuzzVerifyNotice signs whatever comes: what is accepted keeps its promises.
func FuzzVerifyNotice(f *testing.F) {
	w := newWorld(f)
	a := w.notice()
	payload, err := json.Marshal(a.claims)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Add(bytes.Replace(payload, []byte("Copy of Algebra"), []byte(`a\u0000\u202eb`), 1))
	key := w.lms.Key().Private
	f.Fuzz(func(t *testing.T, payload []byte) {
		n, err := w.tool.VerifyNotice(t.Context(), ltitest.Sign(a.header, payload, key))
		if err != nil {
			if reason(t, err) == "" || strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("refused with %q", err)
			}
			return
		}
		texts := append([]string{n.ID, n.Type, n.Nonce, n.DeploymentID}, n.OriginContexts...)
		if n.Context != nil {
			texts = append(texts, n.Context.ID, n.Context.Title, n.Context.Label)
		}
		for _, s := range texts {
			if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
				t.Errorf("unclean text %q", s)
			}
		}
		if n.ID == "" || n.Type == "" || n.Nonce == "" || n.DeploymentID == "" || n.NonceExpires.After(w.Now().Add(24*time.Hour+2*time.Minute)) {
			t.Errorf("accepted %+v", n)
		}
	})
}
