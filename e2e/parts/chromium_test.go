//go:build e2e

package parts_test

import (
	"fmt"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// school serves two sites on one port: an LMS page at lms.localhost that frames
// a tool's page from tool.localhost.
func school(t *testing.T) (port string) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	page := func(format string, args ...any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<!doctype html><link rel=icon href=data:>"+format, args...)
		}
	}
	mux.HandleFunc("GET /lms", page(`<h1>LMS</h1><iframe style="margin:50px" width=600 height=400 src="http://tool.localhost:%s/set"></iframe>`, port))
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "plain", Value: "1", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode})
		http.SetCookie(w, &http.Cookie{Name: "__Host-apart", Value: "1", Path: "/", Secure: true, HttpOnly: true,
			SameSite: http.SameSiteNoneMode, Partitioned: true})
		http.Redirect(w, r, "/room", http.StatusFound)
	})
	mux.HandleFunc("GET /room", func(w http.ResponseWriter, r *http.Request) {
		page(`<pre id=cookies>%s</pre><form method=post action=/join target=_blank><button>Join</button></form>`, r.Header.Get("Cookie"))(w, r)
	})
	mux.HandleFunc("POST /join", page(`<p id=joined>Welcome</p>`))
	mux.HandleFunc("GET /pushy", page(`<p id=pushed></p><script>pushed.textContent = window.open("/join") ? "opened" : "blocked"</script>`))
	mux.HandleFunc("GET /broken", page(`<meta http-equiv=Content-Security-Policy content="style-src 'none'">
		<p style="color:red">styled</p><img src=/absent><script>console.error("no sound"); nothing.at.all</script>`))
	mux.HandleFunc("GET /language", func(w http.ResponseWriter, r *http.Request) {
		page(`<p id=language>%s</p>`, r.Header.Get("Accept-Language"))(w, r)
	})
	return port
}

func TestChromiumThirdPartyCookies(t *testing.T) {
	port := school(t)
	for name, test := range map[string]struct {
		blocked bool
		want    string
	}{
		"allowed": {false, "plain=1; __Host-apart=1"},
		"blocked": {true, "__Host-apart=1"},
	} {
		t.Run(name, func(t *testing.T) {
			tab := parts.Chromium(t, parts.ChromiumOptions{BlockThirdPartyCookies: test.blocked})
			parts.Run(t, tab, chromedp.Navigate("http://lms.localhost:"+port+"/lms"))
			var got string
			frame := parts.Frame(t, tab, "/room")
			parts.Run(t, frame, chromedp.Text("#cookies", &got))
			if got != test.want {
				t.Errorf("the framed page gets the cookies %q, want %q", got, test.want)
			}
		})
	}
}

func TestChromiumClickInFrameOpensTab(t *testing.T) {
	port := school(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{BlockThirdPartyCookies: true})
	parts.Run(t, tab, chromedp.Navigate("http://lms.localhost:"+port+"/lms"))
	frame := parts.Frame(t, tab, "/room")
	joined := parts.NewTab(t, frame, chromedp.Click("button"))
	var text string
	parts.Run(t, joined, chromedp.Text("#joined", &text))
	if text != "Welcome" {
		t.Errorf("the opened tab says %q, want Welcome", text)
	}
}

func TestChromiumBlocksPopups(t *testing.T) {
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	var got string
	parts.Run(t, tab, chromedp.Navigate("http://tool.localhost:"+school(t)+"/pushy"), chromedp.Text("#pushed", &got))
	if got != "blocked" {
		t.Errorf("a tab opened without a click is %s, want blocked", got)
	}
}

func TestChromiumLanguage(t *testing.T) {
	tab := parts.Chromium(t, parts.ChromiumOptions{Language: "uk"})
	var got string
	parts.Run(t, tab, chromedp.Navigate("http://tool.localhost:"+school(t)+"/language"), chromedp.Text("#language", &got))
	if !strings.HasPrefix(got, "uk") {
		t.Errorf("Accept-Language is %q, want uk first", got)
	}
}

func TestChromiumScreenshot(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CLASSBRIDGE_TEST_SCREENSHOTS", dir)
	tab := parts.Chromium(t, parts.ChromiumOptions{Width: 400, Height: 700})
	parts.Run(t, tab, chromedp.Navigate("http://tool.localhost:"+school(t)+"/room"))
	parts.Screenshot(t, tab, "room")
	file, err := os.Open(filepath.Join(dir, "room.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.DecodeConfig(file)
	if err != nil || picture.Width != 400 {
		t.Errorf("the picture is %+v (%v), want 400 wide", picture, err)
	}
}

func TestChromiumConsole(t *testing.T) {
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	console := parts.WatchConsole(tab)
	parts.Run(t, tab, chromedp.Navigate("http://tool.localhost:"+school(t)+"/broken"))
	got := strings.Join(console.Problems(), "\n")
	for _, want := range []string{"no sound", "nothing is not defined", "404", "Content Security Policy"} {
		if !strings.Contains(got, want) {
			t.Errorf("the console has %q, want %q in it", got, want)
		}
	}
}
