package lti_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"classbridge/lti"
)

func TestKeysTest(t *testing.T) {
	w := newWorld(t)
	good := string(w.lms.JWKS())
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   lti.KeysFinding
	}{
		{"good", 200, good, ""},
		{"not there", 404, "<html>", lti.KeysStatus},
		{"a page", 200, " <!doctype html><title>Sign in</title>", lti.KeysPage},
		{"nonsense", 200, "keys", lti.KeysNonsense},
		{"empty", 200, `{"keys":[]}`, lti.KeysNone},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(test.status)
				_, _ = rw.Write([]byte(test.body))
			}))
			defer s.Close()
			wantKeys(t, s.URL, test.want)
		})
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	wantKeys(t, gone.URL, lti.KeysSilent)
	wantKeys(t, "lms", lti.KeysAddress)
}

func wantKeys(t *testing.T, address string, want lti.KeysFinding) {
	t.Helper()
	k := &lti.Keys{OnPremisesHTTP: http.DefaultClient}
	n, err := k.Test(t.Context(), lti.Platform{JWKSURL: address, OnPremises: true})
	var e *lti.KeysError
	errors.As(err, &e)
	switch {
	case want == "" && (err != nil || n == 0):
		t.Errorf("%d keys: %v", n, err)
	case want != "" && (e == nil || e.Finding != want):
		t.Errorf("%v, want %q", err, want)
	}
}

func TestServicesTest(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		code   string
		ok     bool
	}{
		{"good", nil, "", true},
		{"no scope is ours", says(400, `{"error":"invalid_scope"}`), "", true},
		{"unknown client", says(401, `{"error":"invalid_client"}`), "invalid_client", false},
		{"a page", says(200, "<html>"), "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSchool(t)
			s.grants(test.answer)
			for range 2 { // nothing is remembered
				err := s.services.Test(t.Context(), s.access)
				if (err == nil) != test.ok || err != nil && serviceError(t, err).Code != test.code {
					t.Errorf("err = %v", err)
				}
			}
			wantTokens(t, s, 2)
		})
	}
}
