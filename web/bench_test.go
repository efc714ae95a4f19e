package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkRoomPage is GET /rooms/:room of a teacher with a history, without the network.
func BenchmarkRoomPage(b *testing.B) {
	w := newWorld(b)
	w.connectChat()
	frame := w.browser()
	_, path := frame.enter("teacher", "room-1")
	for range 5 {
		w.meeting(path, w.ended("none"))
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, c := range frame.Client.Jar.Cookies(mustURL(b, w.url)) {
		r.AddCookie(c)
	}
	for b.Loop() {
		a := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(a, r)
		if a.Code != http.StatusOK {
			b.Fatal(a.Code)
		}
	}
}

// BenchmarkLogin is POST /lti/login, without the network.
func BenchmarkLogin(b *testing.B) {
	w := newWorld(b)
	form := w.lms.Login("teacher", "room-1").Encode()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/lti/login", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(a, r)
		if a.Code != http.StatusFound {
			b.Fatal(a.Code)
		}
	}
}
