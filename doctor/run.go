package doctor

import (
	"context"
	"slices"
	"sync"
	"time"

	"classbridge/classroom"
	"classbridge/locales"
)

// Wish is what to look at.
type Wish struct {
	TenantID string  // empty: all tenants
	Groups   []Group // the parts to look at; none: all of them
	Rehearse bool    // begin and end a class, post and delete
	Channel  string  // where to post; empty: in a channel of its own
	// Printer words what is not in the catalogue by id (the checks of the chat).
	Printer *locales.Printer
}

// installation reports whether the parts that all tenants share are looked at:
// they are the concern of whoever runs the installation.
func (w Wish) installation() bool { return w.TenantID == "" || w.TenantID == classroom.DefaultTenant }

// looksAt reports whether that part is to be looked at.
func (w Wish) looksAt(g Group) bool { return len(w.Groups) == 0 || slices.Contains(w.Groups, g) }

// task is a part of the examination that waits for no other.
type task func(context.Context) []Result

// Run examines everything that was wished for, within half a minute.
func (d *Doctor) Run(ctx context.Context, w Wish) Report {
	began := d.Now()
	ctx, cancel := context.WithTimeout(ctx, wholeTime)
	defer cancel()
	results, usable := []Result(nil), true
	if w.installation() {
		results, usable = d.examineDatabase(ctx)
	}
	var tasks []task
	if w.installation() && w.looksAt(GroupAddress) {
		tasks = append(tasks, d.examineAddress)
	}
	var secrets []string
	if usable && d.Store != nil {
		of, known, unread := d.tenantTasks(ctx, w)
		tasks, secrets, results = append(tasks, of...), known, append(results, unread...)
	} else {
		results = append(results, databaseCheck("database.rest").skipped("doctor.database.rest"))
	}
	results = append(results, perform(ctx, tasks)...)
	results = slices.DeleteFunc(results, func(r Result) bool { return r.State == OK && !w.looksAt(r.Group) })
	slices.SortStableFunc(results, func(a, b Result) int { return rank(a.Group) - rank(b.Group) })
	redact(results, append(secrets, d.Secrets...))
	return Report{
		At: began.UTC(), Took: d.Now().Sub(began).Round(10 * time.Millisecond), URL: d.URL, Version: d.Version,
		Rehearsed: w.Rehearse, Results: results,
	}
}

func rank(g Group) int { return slices.Index(groups(), g) }

// atOnce is how many tasks run side by side: a school with fifty platforms is not
// to call all of them in the same moment.
const atOnce = 12

// perform runs the tasks and answers their results in the tasks' order.
func perform(ctx context.Context, tasks []task) []Result {
	found := make([][]Result, len(tasks))
	turn := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, t := range tasks {
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			found[i] = t(ctx)
		})
	}
	all.Wait()
	return slices.Concat(found...)
}

// one makes a task of a single check.
func one(c func(context.Context) Result) task {
	return func(ctx context.Context) []Result { return []Result{c(ctx)} }
}
