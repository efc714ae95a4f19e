package web

import (
	"net/http"
	"strings"
	"testing"
)

// LMSs keep the logo's address, and show it on their own pages.
func TestLogo(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	config := b.get("/lti/config.json").want(http.StatusOK)
	if !strings.Contains(config.body, w.url+"/logo.svg") || config.header.Get("Cache-Control") == "" {
		t.Errorf("the configuration: %s %v", config.body, config.header)
	}
	logo := b.get("/logo.svg").want(http.StatusOK)
	for name, want := range map[string]string{
		"Content-Type": "image/svg+xml", "Cross-Origin-Resource-Policy": "cross-origin",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=86400",
	} {
		if got := logo.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(logo.body, "<svg") {
		t.Error(logo.body)
	}
	if empty := b.send("HEAD", "/logo.svg", "", nil).want(http.StatusOK); empty.body != "" {
		t.Error("HEAD has a body")
	}
}

// Moodle's server asks for the launch address whenever an admin saves the tool's form.
func TestLaunchAddressWithoutALaunch(t *testing.T) {
	w := newWorld(t)
	bot := map[string]string{"User-Agent": "MoodleBot/4.5 (+https://moodle.school.example)"}
	for _, path := range []string{"/lti/launch", "/lti/launch?id=1", "/lti/launch?id_token=a.b.c&state=s"} {
		page := w.browser().send("GET", path, "", bot).want(http.StatusOK)
		page.says("page.what")
		if len(page.header.Values("Set-Cookie")) > 0 || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: %v", path, page.header)
		}
		w.browser().send("HEAD", path, "", bot).want(http.StatusOK)
	}
	if len(w.launches.of("")) > 0 || len(w.log.with("refused")) > 0 {
		t.Errorf("it counts as a launch: %v, %v", w.launches.of(""), w.log.with("refused"))
	}
	w.browser().send("PUT", "/lti/launch", "", bot).want(http.StatusMethodNotAllowed)
}
