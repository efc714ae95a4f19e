//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

const (
	rosterSize    = 10_000
	classSize     = 300
	serviceRounds = 3
)

// work is what a program took for a piece of work with an LMS's services.
type work struct {
	took     time.Duration
	cpu      time.Duration // of the program
	postgres time.Duration
	peak     int64 // bytes of memory at most
	calls    int64 // of the LMS
}

// serviceResults are the pieces of work by what was done, then by who did it.
type serviceResults map[string]map[string][]work

func (r serviceResults) add(done, by string, w work) {
	if r[done] == nil {
		r[done] = map[string][]work{}
	}
	r[done][by] = append(r[done][by], w)
}

// What is done.
const (
	readFirst  = "roster of 10,000, first time"
	readAgain  = "roster of 10,000, nothing new"
	sendScores = "grades of a class of 300"
)

// services measures rosters and gradebooks, on both databases and beside the floor.
func (b *bench) services(ctx context.Context) (serviceResults, error) {
	p, err := newPlatform("")
	if err != nil {
		return nil, err
	}
	l := &lms{platform: p, rosters: map[string][][]byte{}}
	if l.issuer, err = b.listen(l); err != nil {
		return nil, err
	}
	database, err := b.postgres.create(ctx, "bench_services")
	if err != nil {
		return nil, err
	}
	r := serviceResults{}
	for _, on := range []struct{ name, database string }{{onSQLite, ""}, {onPostgres, database}} {
		if err := b.servicesOn(ctx, r, l, on.name, on.database); err != nil {
			return nil, fmt.Errorf("%s: %w", on.name, err)
		}
	}
	return r, b.floorServices(ctx, r, l)
}

// Who does it.
const (
	onFloor    = "floor"
	onSQLite   = "classbridge, SQLite"
	onPostgres = "classbridge, PostgreSQL"
)

func (b *bench) servicesOn(ctx context.Context, r serviceResults, l *lms, name, database string) error {
	b.progress("services: %s", name)
	path := filepath.Join(b.cfg.programs, "classbridge")
	s, err := b.newServer(name, "/readyz", []string{path, "serve"}, func(port string) []string {
		return []string{
			"CLASSBRIDGE_URL=http://127.0.0.1:" + port, "CLASSBRIDGE_ADDR=127.0.0.1:" + port,
			"CLASSBRIDGE_DATA=" + filepath.Join(b.dir, name), "CLASSBRIDGE_DATABASE_URL=" + database,
			"CLASSBRIDGE_BBB_URL=" + b.bbb + "/bigbluebutton/", "CLASSBRIDGE_BBB_SECRET=" + bbbSecret,
		}
	})
	if err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	defer s.stop()
	if err := b.addPlatform(ctx, s, path, l.issuer); err != nil {
		return err
	}
	t := &tool{
		name: name, server: s, url: s.url, host: strings.TrimPrefix(s.url, "http://"), clientID: "bench",
		loginPath: "/lti/login", launchPath: "/lti/launch", proof: func(p person) []string { return []string{p.room()} },
	}
	c := &caller{bench: b, tool: t, lms: l}
	for i := range serviceRounds {
		err := c.rosters(ctx, r, fmt.Sprintf("%d-%d", rosterSize, i))
		if err == nil {
			err = c.grades(ctx, r, fmt.Sprintf("%d-%d", classSize, i))
		}
		if err != nil {
			return fmt.Errorf("%w\n%s", err, s.lastWords())
		}
	}
	return nil
}

// caller is a program whose calls are measured, and a teacher at a browser.
type caller struct {
	*bench
	tool    *tool
	lms     *lms
	teacher launch
	browser *conn
}

// measured does a piece of work and tells what it took.
func (c *caller) measured(do func() error) (work, error) {
	pid := c.tool.server.pid()
	if err := forgetPeak(pid); err != nil {
		return work{}, err
	}
	var w work
	m := meter{bench: c.bench, tool: c.tool}
	calls := c.lms.calls.Load()
	err := m.run(func() (time.Duration, error) {
		started := time.Now()
		err := do()
		return time.Since(started), err
	})
	if err != nil {
		return w, err
	}
	w.peak, err = peakMemory(pid)
	w.took, w.cpu, w.postgres, w.calls = m.wall, m.used.tool, m.used.postgres, c.lms.calls.Load()-calls
	return w, err
}

// enters lets the course's teacher open its room.
func (c *caller) enters(ctx context.Context, course string) error {
	var err error
	if c.browser, err = dial(ctx, c.tool.host); err != nil {
		return err
	}
	c.teacher = launch{person: rosterTeacher(course)}
	if err := c.tool.login(c.browser, c.lms.platform, &c.teacher); err != nil {
		return err
	}
	if err := c.lms.sign(c.tool, &c.teacher, time.Now()); err != nil {
		return err
	}
	return c.tool.enter(c.browser, &c.teacher)
}

// rosters reads a course of 10,000 by its teacher's first launch, and again when
// the teacher wants it.
func (c *caller) rosters(ctx context.Context, r serviceResults, course string) error {
	c.lms.roster(course) // made off the clock
	began := c.lms.last.Load()
	first, err := c.measured(func() error {
		if err := c.enters(ctx, course); err != nil {
			return err
		}
		return c.rosterIsRead(began)
	})
	if err != nil {
		return err
	}
	defer c.browser.close()
	time.Sleep(time.Second) // the queue puts away what is done
	page, err := c.get("/people")
	if err != nil {
		return err
	}
	began = c.lms.last.Load()
	again, err := c.measured(func() error {
		if err := c.post(page, "/people/read", nil); err != nil {
			return err
		}
		return c.rosterIsRead(began)
	})
	if err != nil {
		return err
	}
	r.add(readFirst, c.tool.name, first)
	r.add(readAgain, c.tool.name, again)
	return nil
}

// rosterIsRead waits until another last page than those before has been asked for,
// and until the teacher's page says so.
func (c *caller) rosterIsRead(began int64) error {
	if err := until("the last page of the roster is asked for", ownLook, func() (bool, error) { return c.lms.last.Load() > began, nil }); err != nil {
		return err
	}
	return until("the page of people tells of the roster", pageLook, func() (bool, error) {
		page, err := c.get("/people")
		return strings.Contains(page, "Read from") && !strings.Contains(page, "It is being read"), err
	})
}

func (c *caller) get(path string) (string, error) {
	a, err := c.browser.get(c.teacher.path+path, c.teacher.cookies)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s answered %d: %.300s", path, a.status, a.body)
	}
	return a.body, err
}

// post sends a form of a page, with more fields.
func (c *caller) post(page, action string, more url.Values) error {
	f, err := findForm(page, c.teacher.path, action)
	if err != nil {
		return err
	}
	for name, values := range more {
		f.fields[name] = values
	}
	a, err := c.browser.post(f.action, "same-origin", f.fields, c.teacher.cookies)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("%s answered %d: %.300s", action, a.status, a.body)
	}
	return err
}

// floorServices fetches the same pages and posts as many scores without any logic.
func (b *bench) floorServices(ctx context.Context, r serviceResults, l *lms) error {
	b.progress("services: floor")
	for range serviceRounds {
		for done, args := range map[string][]string{
			readFirst:  {"members", fmt.Sprintf("%s/courses/%d-0/members?limit=%d", l.issuer, rosterSize, pageOf)},
			sendScores: {"scores", fmt.Sprintf("%s/courses/%d-0/lineitems/1/scores", l.issuer, classSize)},
		} {
			w, err := b.floorWork(ctx, l, args)
			if err != nil {
				return fmt.Errorf("%s: %w", done, err)
			}
			r.add(done, onFloor, w)
		}
	}
	r[readAgain][onFloor] = r[readFirst][onFloor] // it remembers nothing
	return nil
}
