//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// grades holds a class of 300, to which nobody comes but the teacher, and sends
// what that is worth to each.
func (c *caller) grades(ctx context.Context, r serviceResults, course string) error {
	last := c.lms.last.Load()
	if err := c.enters(ctx, course); err != nil {
		return err
	}
	defer c.browser.close()
	if err := c.rosterIsRead(last); err != nil {
		return err
	}
	page, err := c.get("/settings")
	if err == nil {
		err = c.post(page, "/settings", url.Values{"graded": {"yes"}})
	}
	if err == nil {
		err = c.hold(ctx)
	}
	if err != nil {
		return err
	}
	if page, err = c.graded(); err != nil {
		return err
	}
	began := c.lms.scores.Load()
	w, err := c.measured(func() error {
		if err := c.post(page, "/grades/send", nil); err != nil {
			return err
		}
		return until("all grades are there", ownLook, func() (bool, error) { return c.lms.scores.Load() >= began+classSize, nil })
	})
	if err != nil {
		return err
	}
	r.add(sendScores, c.tool.name, w)
	return nil
}

// hold is a class that lasts a moment.
func (c *caller) hold(ctx context.Context) error {
	var err error
	if c.teacher.page, err = c.get(""); err != nil {
		return err
	}
	address, err := c.leave(c.browser, &c.teacher, "/start")
	if err != nil {
		return err
	}
	if err := enterMeeting(ctx, address); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // a class is measured in seconds
	page, err := c.get("")
	if err != nil {
		return err
	}
	return c.post(page, "/end", nil)
}

// graded waits until BigBlueButton has told who was there, and answers the page
// of grades.
func (c *caller) graded() (page string, err error) {
	return page, until("there are grades to send", pageLook, func() (bool, error) {
		page, err = c.get("/grades")
		return strings.Contains(page, "Send "+strconv.Itoa(classSize)+" grades"), err
	})
}

// floorWork runs the floor's program once: it measures itself.
func (b *bench) floorWork(ctx context.Context, l *lms, args []string) (work, error) {
	calls := l.calls.Load()
	path := filepath.Join(b.cfg.programs, "floor")
	command := exec.CommandContext(ctx, "taskset", append([]string{"-c", b.cfg.core, path}, args...)...)
	command.Env = plainEnvironment()
	out, err := command.Output()
	if err != nil {
		return work{}, err
	}
	var told struct {
		Took, CPU time.Duration
		Peak      int64
		Did       int
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return work{}, fmt.Errorf("%q: %w", out, err)
	}
	if told.Did != rosterSize+1 && told.Did != classSize {
		return work{}, fmt.Errorf("it did %d", told.Did)
	}
	return work{took: told.Took, cpu: told.CPU, peak: told.Peak, calls: l.calls.Load() - calls}, nil
}
