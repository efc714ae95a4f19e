package parts

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// ChromiumOptions are how one person's browser differs from another's.
type ChromiumOptions struct {
	// BlockThirdPartyCookies is what Safari and Firefox do by default, and
	// Chromium by a setting: a page inside another site's frame has no cookies
	// but partitioned ones.
	BlockThirdPartyCookies bool
	Language               string // as in Accept-Language; default en
	Width, Height          int    // of the first tab's page; default 1280 x 900
}

// Chromium starts a browser with an empty profile and returns its first tab.
// The browser ends with the test. Pop-ups are blocked as for everybody: a tab
// can only be opened by a click.
func Chromium(t testing.TB, o ChromiumOptions) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("Chromium is not installed (apt-get install chromium): %v", err)
	}
	profile, err := os.MkdirTemp("", "classbridge-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeProfile(t, profile) })
	writePreferences(t, profile, o)
	width, height := o.Width, o.Height
	if width == 0 || height == 0 {
		width, height = 1280, 900
	}
	// Not t.Context, which ends before the clean-up and would kill the browser in mid-write.
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(flags(),
		chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.WindowSize(width, height))...)
	tab, _ := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab) // closes the browser in good order; stop kills what is left
		stop()
	})
	// A window is never narrower than 500 pixels, a page as on a phone may be.
	if err := chromedp.Run(tab, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return tab
}

// flags is the whole list: chromedp's own defaults would switch off the pop-up
// blocker, site isolation and more that people have.
func flags() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, // tests may run as root
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-default-apps", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("metrics-recording-only", true),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("use-mock-keychain", true),
	}
}

// removeProfile tries for a while: the browser's helpers outlive it a little,
// and write as they go.
func removeProfile(t testing.TB, profile string) {
	deadline := time.Now().Add(5 * time.Second)
	for {
		err := os.RemoveAll(profile)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Logf("remove the browser's profile: %v", err)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// writePreferences writes the profile's settings before the first start.
func writePreferences(t testing.TB, profile string, o ChromiumOptions) {
	t.Helper()
	const blockThirdParty, allowAll = 1, 0 // values of Chromium's CookieControlsMode
	mode := allowAll
	if o.BlockThirdPartyCookies {
		mode = blockThirdParty
	}
	language := o.Language
	if language == "" {
		language = "en"
	}
	preferences, err := json.Marshal(map[string]any{
		"profile": map[string]any{"cookie_controls_mode": mode},
		"intl":    map[string]any{"accept_languages": language, "selected_languages": language},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(profile, "Default")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Preferences"), preferences, 0o600); err != nil {
		t.Fatal(err)
	}
}
