//go:build e2e

package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestDemoInOneBrowser plays two people of the demo in two tabs of one browser,
// as whoever tries it out does: neither takes the other's place.
func TestDemoInOneBrowser(t *testing.T) {
	t.Parallel()
	addresses := startDemo(t)
	teacher := parts.Chromium(t, parts.ChromiumOptions{BlockThirdPartyCookies: true})
	teacherRoom := openAs(t, teacher, addresses["lms"], "teacher")
	seen(t, teacherRoom, "[data-role=moderator]")

	learner, cancel := chromedp.NewContext(teacher)
	defer cancel()
	attach(t, learner)
	learnerRoom := openAs(t, learner, addresses["lms"], "learner1")
	seen(t, learnerRoom, "[data-role=viewer]")

	parts.Run(t, teacher, page.BringToFront())
	in := parts.NewTab(t, teacherRoom, chromedp.Click("#start"))
	wants(t, in, "#me", "Tamar Levi")
	parts.Run(t, learner, page.BringToFront())
	seen(t, learnerRoom, "#join") // learned live, by the session in the frame
	in = parts.NewTab(t, learnerRoom, chromedp.Click("#join"))
	wants(t, in, "#me", "Lena Fischer")
	parts.Run(t, teacher, page.BringToFront())
	seen(t, teacherRoom, ".state.running")
	seen(t, teacherRoom, "[data-role=moderator]")
	parts.Screenshot(t, teacher, "demo-teacher")

	parts.Run(t, learner, page.BringToFront(), chromedp.EmulateViewport(390, 844), chromedp.Navigate(addresses["lms"]))
	parts.Screenshot(t, learner, "demo-choose-390")
	openAs(t, learner, addresses["lms"], "learner2")
	parts.Screenshot(t, learner, "demo-learner-390")
}

// openAs opens the course page of that person and returns the tool's frame in it.
func openAs(t *testing.T, tab context.Context, lms, person string) context.Context {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(lms+"/?as="+person))
	top := chromedp.FromContext(tab).Target.TargetID
	var room target.ID
	eventually(t, patience, func() error {
		frames, err := chromedp.Targets(tab) // of the whole browser
		for _, f := range frames {
			if f.ParentID == top && strings.Contains(f.URL, "/rooms/") {
				room = f.TargetID
				return nil
			}
		}
		return fmt.Errorf("no frame of another site shows a room (%v)", err)
	})
	frame, cancel := chromedp.NewContext(tab, chromedp.WithTargetID(room))
	t.Cleanup(cancel)
	attach(t, frame)
	return frame
}

// attach opens a tab, or takes hold of a frame, for as long as its context
// lasts: chromedp binds it to the context of whatever is done first.
func attach(t *testing.T, tab context.Context) {
	t.Helper()
	if err := chromedp.Run(tab); err != nil {
		t.Fatal(err)
	}
}

func seen(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	parts.Run(t, tab, chromedp.WaitVisible(selector, chromedp.ByQuery))
}

func wants(t *testing.T, tab context.Context, selector, text string) {
	t.Helper()
	var got string
	parts.Run(t, tab, chromedp.Text(selector, &got, chromedp.ByQuery))
	if !strings.Contains(got, text) {
		t.Errorf("%s shows %q, want %q", selector, got, text)
	}
}

// startDemo runs the demo and returns the addresses that it prints.
func startDemo(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command(plain.Path(t), "demo", "--data", t.TempDir())
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	addresses := map[string]string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "ready" {
			return addresses
		}
		part, address, _ := strings.Cut(lines.Text(), ": ")
		addresses[part] = address
	}
	t.Fatalf("the demo never was ready; it printed %v", addresses)
	return nil
}
