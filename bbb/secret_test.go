package bbb_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"classbridge/bbb"
)

const token = "tok3n" // short on purpose: not every token is long

func telling() bbb.CreateRequest {
	r := minimal()
	r.AttendeePW, r.ModeratorPW = "attendee-canary", "moderator-canary"
	r.MeetingEndedURL = "https://t.example/ended/" + token
	r.Meta = map[string]string{bbb.MetaAnalytics: "https://t.example/a/" + token + "?x=1"}
	return r
}

// Servers and proxies repeat what they were asked. Nothing of it may come back.
func TestErrorsHoldNoSecret(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"address in a page": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "<html><title>Not here: %s</title></html>", html.EscapeString(r.URL.String()))
		},
		"address bare": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "no route for ", r.URL.String()) },
		"values one by one": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			for key := range r.URL.Query() {
				fmt.Fprintf(w, "%s is %s\n", key, r.URL.Query().Get(key))
			}
		},
		"in BigBlueButton's message": func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			fmt.Fprint(w, refusedXML("FAILED", "validationError", "bad "+q.Get("moderatorPW")+" "+q.Get("attendeePW")+" "+q.Get("meetingEndedURL")+" "+q.Get("checksum")))
		},
		"in its key": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, refusedXML("FAILED", r.URL.Query().Get("moderatorPW")+r.URL.Query().Get("password")+" "+secret, "no"))
		},
		"bad redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://%zz/"+r.URL.String())
			w.WriteHeader(http.StatusFound)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost/"+r.URL.String(), http.StatusFound)
		},
		"bad header": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				fmt.Fprintf(conn, "HTTP/1.1 %s\r\n\r\n", r.URL.String())
				conn.Close()
			}
		},
		"hang up": hangUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := scripted(t, handler)
			_, err := c.Create(t.Context(), telling())
			noSecretIn(t, err)
			noSecretIn(t, c.End(t.Context(), "m-1", "moderator-canary"))
		})
	}
}

// noSecretIn looks at an error in every way that a log might print it.
func noSecretIn(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Error("no error")
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		text := fmt.Sprintf("%v %+v %s %q", e, e, e, e)
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "err", e)
		for _, word := range []string{secret, "canary", token, "checksum=", "password="} {
			if strings.Contains(text+log.String(), word) {
				t.Errorf("%q is in %s", word, text)
			}
		}
		for _, word := range strings.Fields(text) {
			if len(word) > 64 {
				t.Errorf("a long word is in %s", text)
			}
		}
	}
}

func TestClientPrintsNoSecret(t *testing.T) {
	c := &bbb.Client{URL: "https://bbb.example", Secrets: []string{secret, "older-canary"}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "client", c)
	for _, text := range []string{fmt.Sprintf("%v", c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%q", c), log.String()} {
		if strings.Contains(text, secret) || strings.Contains(text, "canary") || !strings.Contains(text, "bbb.example") {
			t.Errorf("printed %s", text)
		}
	}
}
