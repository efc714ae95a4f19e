package ltitest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"classbridge/lti"
)

// Copy makes a course out of another: with its links under new ids and its line
// items, those that the tool has made among them, and none of its grades. A tool that handles such notices is told.
func (l *LMS) Copy(ctx context.Context, course string) (Course, error) {
	old, found := l.school.course(course)
	if !found {
		return Course{}, fmt.Errorf("ltitest: no course %q", course)
	}
	suffix := "-copy-" + strings.ToLower(rand.Text()[:6])
	made := Course{ID: old.ID + suffix, Label: old.Label, Title: old.Title + " copy", History: append([]string{old.ID}, old.History...)}
	l.school.mu.Lock()
	l.school.courses = append(l.school.courses, made)
	l.school.mu.Unlock()
	for _, k := range l.LinksOf(course) {
		k.History = append([]string{k.ID}, k.History...)
		k.ID, k.CourseID = k.ID+suffix, made.ID
		l.AddLink(k)
	}
	for _, i := range l.gradebook.of(course, func(i *item) bool { return i.link == "" }) {
		l.gradebook.create(made.ID, "", i.LineItem)
	}
	origins := map[string]any{claim + "origin_contexts": []string{l.ContextID(old.ID)}}
	return made, l.Notify(ctx, lti.ContextCopyNotice, l.Notice(lti.ContextCopyNotice, made.ID, origins))
}
