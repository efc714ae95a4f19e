package parts

import (
	"context"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Console collects what a tab or frame reports as wrong: uncaught exceptions,
// console.error and console.warn, what the page may not load or do (status 400
// and above, violations of its Content-Security-Policy).
type Console struct {
	mu       sync.Mutex
	problems []string
}

// WatchConsole collects from now on. Call it before the page is opened.
func WatchConsole(tab context.Context) *Console {
	c := &Console{}
	chromedp.ListenTarget(tab, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			c.add(e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
				c.add(string(e.Type) + ": " + arguments(e.Args))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
				c.add(e.Entry.Text + " " + e.Entry.URL)
			}
		}
	})
	return c
}

// Problems returns what was collected.
func (c *Console) Problems() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.problems...)
}

func (c *Console) add(problem string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems = append(c.problems, problem)
}

func arguments(args []*runtime.RemoteObject) string {
	var texts []string
	for _, a := range args {
		texts = append(texts, string(a.Value)+a.Description)
	}
	return strings.Join(texts, " ")
}
