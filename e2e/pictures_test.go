//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// pictures saves the room page as LMSs frame it on a desk and on a phone, light
// and dark, if CLASSBRIDGE_TEST_SCREENSHOTS names a folder.
func (st *story) pictures() {
	st.Helper()
	if os.Getenv("CLASSBRIDGE_TEST_SCREENSHOTS") == "" {
		return
	}
	telling := strings.NewReplacer("/", "-", " ", "-", ",", "").Replace(st.Name())
	for _, scheme := range []string{"light", "dark"} {
		dress := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
		parts.Run(st, st.terry.tab, dress)
		parts.Run(st, st.terry.frame, dress)
		for _, width := range []int64{883, 390} {
			parts.Run(st, st.terry.tab, chromedp.EmulateViewport(width, 620))
			parts.Screenshot(st, st.terry.tab, fmt.Sprintf("%s-%s-%d", telling, scheme, width))
		}
	}
	parts.Run(st, st.terry.tab, chromedp.EmulateViewport(1280, 900))
}
