package bbb_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
)

// Made with openssl.
const (
	readyVector     = "eyJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoiYWJjMTIzIiwicmVjb3JkX2lkIjoiMTgzZjBiZjNhMDk4MmExMjdiZGI4MTYxZTBjNDRlYjY5NmIzZTc1Yy0xNTMxMjQxMjU4MDM2In0.ySsWKsyKuJNam-abK05NB76sRhaZ_oxErC8a3MY5yB0"
	analyticsVector = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.vw05HRqLzM3IV4sZnY-XmzyiDF8zD2kVokEbLSefRgqp3d8F8q9WavJN2KT2B7MTdvnT0jdw3GqNR03jgcQXyw"
	analyticsExp    = 4102444800
	readyPayload    = `{"meeting_id":"m-1","record_id":"r-1"}`
)

func sign(header, payload, key string, fresh func() hash.Hash) string {
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc([]byte(header)) + "." + enc([]byte(payload))
	mac := hmac.New(fresh, []byte(key))
	mac.Write([]byte(signed))
	return signed + "." + enc(mac.Sum(nil))
}

func hs256(payload, key string) string { return sign(`{"alg":"HS256"}`, payload, key, sha256.New) }
func hs512(payload, key string) string { return sign(`{"alg":"HS512"}`, payload, key, sha512.New) }

func reasonOf(err error) bbb.CallbackReason {
	var e *bbb.CallbackError
	errors.As(err, &e)
	if e == nil {
		return ""
	}
	return e.Reason
}

func TestRecordingReady(t *testing.T) {
	c := &bbb.Client{Secrets: []string{"first", secret, ""}}
	got, err := c.VerifyRecordingReady(readyVector)
	want := bbb.RecordingReady{MeetingID: "abc123", RecordID: "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1531241258036"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := c.VerifyRecordingReady(hs512(readyPayload, "first")); err != nil || got.RecordID != "r-1" {
		t.Errorf("HS512: %+v, %v", got, err)
	}
}

func TestRecordingReadyRefused(t *testing.T) {
	good := hs256(readyPayload, secret)
	parts := strings.Split(good, ".")
	for name, r := range map[string]struct {
		token string
		want  bbb.CallbackReason
	}{
		"empty":             {"", bbb.Malformed},
		"one part":          {"abc", bbb.Malformed},
		"two parts":         {parts[0] + "." + parts[1], bbb.Malformed},
		"four parts":        {good + ".x", bbb.Malformed},
		"not base64":        {"!." + parts[1] + "." + parts[2], bbb.Malformed},
		"padded":            {parts[0] + "." + parts[1] + "." + parts[2] + "=", bbb.Malformed},
		"header not JSON":   {sign("nonsense", readyPayload, secret, sha256.New), bbb.Malformed},
		"critical header":   {sign(`{"alg":"HS256","crit":["b64"]}`, readyPayload, secret, sha256.New), bbb.Malformed},
		"payload not JSON":  {hs256("nonsense", secret), bbb.Malformed},
		"no record":         {hs256(`{"meeting_id":"m-1"}`, secret), bbb.Malformed},
		"no meeting":        {hs256(`{"record_id":"r-1"}`, secret), bbb.Malformed},
		"a number":          {hs256(`{"meeting_id":1,"record_id":"r"}`, secret), bbb.Malformed},
		"too long":          {hs256(`{"meeting_id":"`+strings.Repeat("m", 9000)+`","record_id":"r"}`, secret), bbb.Malformed},
		"wrong secret":      {hs256(readyPayload, "wrong"), bbb.BadSignature},
		"empty secret":      {hs256(readyPayload, ""), bbb.BadSignature},
		"other payload":     {parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"meeting_id":"m-2","record_id":"r-1"}`)) + "." + parts[2], bbb.BadSignature},
		"no signature":      {parts[0] + "." + parts[1] + ".", bbb.BadSignature},
		"half a signature":  {parts[0] + "." + parts[1] + "." + parts[2][:20], bbb.BadSignature},
		"none":              {sign(`{"alg":"none"}`, readyPayload, secret, sha256.New), bbb.BadSignature},
		"no algorithm":      {sign(`{}`, readyPayload, secret, sha256.New), bbb.BadSignature},
		"lower case":        {sign(`{"alg":"hs256"}`, readyPayload, secret, sha256.New), bbb.BadSignature},
		"HS384":             {sign(`{"alg":"HS384"}`, readyPayload, secret, sha512.New384), bbb.BadSignature},
		"says HS512, is256": {sign(`{"alg":"HS512"}`, readyPayload, secret, sha256.New), bbb.BadSignature},
	} {
		c := &bbb.Client{Secrets: []string{secret, ""}}
		if got, err := c.VerifyRecordingReady(r.token); reasonOf(err) != r.want || got != (bbb.RecordingReady{}) {
			t.Errorf("%s: %+v, %v; want %s", name, got, err, r.want)
		}
	}
}

func TestAnalytics(t *testing.T) {
	c := &bbb.Client{Secrets: []string{secret}}
	exp := time.Unix(analyticsExp, 0)
	for _, a := range []struct {
		name   string
		bearer string
		now    time.Time
		want   bbb.CallbackReason
	}{
		{"a day before", analyticsVector, exp.Add(-24 * time.Hour), ""},
		{"with scheme", "Bearer " + analyticsVector, exp.Add(-time.Hour), ""},
		{"other case", "bearer  " + analyticsVector, exp.Add(-time.Hour), ""},
		{"other scheme", "Basic " + analyticsVector, exp.Add(-time.Hour), bbb.Malformed},
		{"within the leeway", analyticsVector, exp.Add(time.Minute), ""},
		{"expired", analyticsVector, exp.Add(61 * time.Second), bbb.Expired},
		{"25 hours", analyticsVector, exp.Add(-25 * time.Hour), ""},
		{"for years", analyticsVector, exp.Add(-25*time.Hour - time.Second), bbb.TooFar},
		{"fraction", hs512(`{"exp":4102444800.5}`, secret), exp, ""},
		{"no exp", hs512(`{}`, secret), exp, bbb.Malformed},
		{"exp null", hs512(`{"exp":null}`, secret), exp, bbb.Malformed},
		{"exp text", hs512(`{"exp":"4102444800"}`, secret), exp, bbb.Malformed},
		{"exp huge", hs512(`{"exp":1e300}`, secret), exp, bbb.TooFar},
		{"exp negative", hs512(`{"exp":-1e300}`, secret), exp, bbb.Expired},
		{"HS256", hs256(`{"exp":4102444800}`, secret), exp, bbb.BadSignature},
		{"wrong secret", hs512(`{"exp":4102444800}`, "wrong"), exp, bbb.BadSignature},
		{"recording ready", readyVector, exp, bbb.BadSignature},
		{"nothing", "", exp, bbb.Malformed},
		{"scheme alone", "Bearer ", exp, bbb.Malformed},
	} {
		err := c.VerifyAnalytics(a.bearer, a.now)
		if reasonOf(err) != a.want || (err == nil) != (a.want == "") {
			t.Errorf("%s: %v, want %q", a.name, err, a.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	many := "[" + strings.Repeat(`{"key":"k"},`, 30) + `{"key":"k"}]`
	for _, p := range []struct {
		raw  string
		want []bbb.APIMessage
	}{
		{`[{"key":"maxParticipantsReached","message":"Full."}]`, []bbb.APIMessage{{Key: bbb.KeyMaxParticipants, Message: "Full."}}},
		{`[{"key":"a"},{"key":"b","more":1}]`, []bbb.APIMessage{{Key: "a"}, {Key: "b"}}},
		{`[]`, []bbb.APIMessage{}},
		{``, nil},
		{`{"key":"a"}`, nil},
		{`[1]`, nil},
		{`[{"key":"` + strings.Repeat("x", 9000) + `"}]`, nil},
	} {
		if diff := cmp.Diff(p.want, bbb.ParseErrors(url.Values{"errors": {p.raw}})); diff != "" {
			t.Errorf("%.40s: %s", p.raw, diff)
		}
	}
	if got := bbb.ParseErrors(url.Values{"errors": {many}}); len(got) != 10 {
		t.Errorf("%d of many, want 10", len(got))
	}
}

func TestCallbackErrorText(t *testing.T) {
	c := &bbb.Client{Secrets: []string{secret}}
	_, err := c.VerifyRecordingReady("x")
	if got := fmt.Sprint(err); got != "bbb recording-ready callback: malformed" {
		t.Errorf("got %q", got)
	}
}
