//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/admin"
	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// TestAlertsByKeyboard: an admin without a mouse has a webhook told of what is wrong.
// The bot of the real Mattermost is switched off: the webhook is told once, and the
// console says what to do.
func TestAlertsByKeyboard(t *testing.T) {
	t.Parallel()
	hook := newHook(t)
	s := program.Open(t, program.Options{Binary: plain, Database: parts.Postgres(t)})
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, welcomeLink.FindString(s.Output.String()))
	parts.Run(t, tab, chromedp.Navigate(s.URL+"/console/alerts"))
	visible(t, tab, "#nobody")

	parts.Press(t, tab, "#add-webhook")
	visible(t, tab, "#target")
	parts.Type(t, tab, "#target", "ftp://wrong.example")
	parts.Press(t, tab, "#save")
	visible(t, tab, "#target-wrong")
	usable(t, tab, "console-alerts-wrong")
	parts.Type(t, tab, "#target", hook.URL+"/canary")
	parts.Type(t, tab, "#secret", "key of the signature")
	parts.Tick(t, tab, "#inside")
	parts.Press(t, tab, "#save")
	visible(t, tab, "#said")
	if page := textOf(t, tab, "body"); strings.Contains(page, "canary") {
		t.Errorf("the page shows the whole address:\n%s", page)
	}
	parts.Press(t, tab, `form[action$="/test"] button`)
	eventually(t, patience, func() error { return hook.heard("test ") })

	disableBot(t, s)
	eventually(t, patience, func() error { return hook.heard("raised " + string(admin.ChatTokenDead)) })
	parts.Run(t, tab, chromedp.Navigate(s.URL+"/console/alerts"))
	visible(t, tab, ".card .bad")
	usable(t, tab, "console-alerts-open")
	parts.Run(t, tab, chromedp.Navigate(s.URL+"/console"))
	visible(t, tab, "#content")
	usable(t, tab, "console-home-alert")
}

// disableBot has the token of the bot be good for nothing.
func disableBot(t *testing.T, s *program.School) {
	t.Helper()
	var bots []struct {
		ID   string `json:"user_id"`
		Name string `json:"username"`
	}
	s.Chat.Admin.Do(t, "GET", "/bots", nil, &bots)
	for _, b := range bots {
		if b.Name == "classbridge" {
			s.Chat.Admin.Do(t, "POST", "/bots/"+b.ID+"/disable", nil, nil)
			return
		}
	}
	t.Fatalf("there is no bot among %v", bots)
}

// hook is somebody's webhook, which keeps what it is told: phase and kind.
type hook struct {
	*httptest.Server
	mu   sync.Mutex
	told []string
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m admin.Message
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Header.Get("X-Classbridge-Signature") == "" {
		http.Error(w, "no signed message", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, string(m.Phase)+" "+m.Kind)
}

// heard is nil if it was told of that once.
func (h *hook) heard(want string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := slices.Index(h.told, want); i < 0 || slices.Contains(h.told[i+1:], want) {
		return fmt.Errorf("the webhook was told %q, want %q once", h.told, want)
	}
	return nil
}
