package parts

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// AxeVariable names the file of axe-core, the accessibility checker.
const AxeVariable = "CLASSBRIDGE_TEST_AXE"

// axeRun answers with a line for each element that breaks a rule of WCAG 2.2 AA
// or a practice that axe-core recommends.
const axeRun = `axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.flatMap(rule =>
	rule.nodes.map(node => rule.id + ": " + node.target.join(" ") + ": " + node.failureSummary.replace(/\s+/g, " "))))`

// Barriers are what axe-core finds in the page that keeps somebody out.
func Barriers(t testing.TB, tab context.Context) []string {
	t.Helper()
	path := os.Getenv(AxeVariable)
	if path == "" {
		t.Fatalf("%s is not set: export %s=\"$(e2e/axe.sh)\"", AxeVariable, AxeVariable)
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var barriers []string
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	Run(t, tab,
		chromedp.Evaluate(fmt.Sprintf("%s;0", strings.TrimSpace(string(script))), nil),
		chromedp.Evaluate(axeRun, &barriers, await),
	)
	return barriers
}
