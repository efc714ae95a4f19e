package parts

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// maxTabs is how many presses of Tab may lead to something: beyond them nobody
// would go on looking.
const maxTabs = 120

// Reach goes to the element as somebody without a mouse does: by Tab, from where
// the page has put them. What has the focus on the way must be seen.
func Reach(t testing.TB, tab context.Context, selector string) {
	t.Helper()
	look := fmt.Sprintf(`(() => {
		const at = document.activeElement;
		if (!at || !at.matches(%q)) return "";
		const box = at.getBoundingClientRect(), style = getComputedStyle(at);
		const seen = box.width > 0 && box.height > 0 && style.visibility !== "hidden";
		const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
		return !seen ? "unseen" : marked ? "here" : "unmarked";
	})()`, selector)
	for range maxTabs {
		var where string
		Run(t, tab, chromedp.Evaluate(look, &where))
		switch where {
		case "here":
			return
		case "unseen", "unmarked":
			t.Errorf("%s has the focus, but is %s", selector, where)
			return
		}
		Run(t, tab, chromedp.KeyEvent(kb.Tab))
	}
	t.Fatalf("%d presses of Tab do not lead to %s; the browser is at %s", maxTabs, selector, whereabouts(tab))
}

// Press reaches the element and presses Enter on it.
func Press(t testing.TB, tab context.Context, selector string) {
	t.Helper()
	Reach(t, tab, selector)
	Run(t, tab, chromedp.KeyEvent(kb.Enter))
}

// Tick reaches a box and presses Space on it.
func Tick(t testing.TB, tab context.Context, selector string) {
	t.Helper()
	Reach(t, tab, selector)
	Run(t, tab, chromedp.KeyEvent(" "))
}

// Type reaches a field and types, in place of what it holds.
func Type(t testing.TB, tab context.Context, selector, text string) {
	t.Helper()
	Reach(t, tab, selector)
	Run(t, tab,
		chromedp.Evaluate(`document.activeElement.select?.()`, nil), // as Ctrl+A does
		chromedp.KeyEvent(text),
	)
}
