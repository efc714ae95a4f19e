package storage

import (
	"context"
	"slices"

	"classbridge/classroom"
)

// entryQuery looks each part up by its unique key; a part that is not there
// leaves NULLs. Its parameters are those of FindEntry, in order.
var entryQuery = newStatement(entrySelect + `
LEFT JOIN rooms r ON r.course_id = c.id AND r.resource_link_id = ?` + entryPeople)

// namedEntryQuery does so for a launch that names its room. Of what the course
// has, the room itself goes before the copy of it, and both before the link's.
// The rooms of groups are entered through the room that they are a part of.
var namedEntryQuery = newStatement(entrySelect + `
LEFT JOIN rooms r ON r.id = COALESCE(
	(SELECT id FROM rooms WHERE id = ? AND course_id = c.id AND parent_id = ''),
	(SELECT id FROM rooms WHERE course_id = c.id AND copied_from = ? AND copied_from <> ''),
	(SELECT id FROM rooms WHERE course_id = c.id AND resource_link_id = ?))` + entryPeople)

const (
	entrySelect = `SELECT ` + courseColumns + `, ` + roomColumns + `, ` + personColumns + `, ` + enrolmentColumns + `
FROM (SELECT 1) AS one
LEFT JOIN courses c ON c.platform_id = ? AND c.deployment_id = ? AND c.context_id = ? AND c.link_id = ?`
	entryPeople = `
LEFT JOIN persons p ON p.platform_id = ? AND p.subject = ? AND p.subject <> ''
LEFT JOIN enrolments e ON e.person_id = p.id AND e.course_id = c.id`
)

// FindEntry reads what is known of a launch in one query.
func (q queries) FindEntry(ctx context.Context, k classroom.EntryKey) (classroom.Entry, error) {
	var (
		c classroom.Course
		r classroom.Room
		p classroom.Person
		e classroom.Enrolment
	)
	// A launch without a context has a course named by its link (classroom.Course).
	linkID := ""
	if k.ContextID == "" {
		linkID = k.ResourceLinkID
	}
	query, names := entryQuery, []any{k.ResourceLinkID}
	if k.RoomID != "" {
		query, names = namedEntryQuery, []any{k.RoomID, k.RoomID, k.ResourceLinkID}
	}
	args := append([]any{k.PlatformID, k.DeploymentID, k.ContextID, linkID}, names...)
	row := q.row(ctx, query, append(args, k.PlatformID, k.Subject)...)
	err := row.Scan(slices.Concat(courseFields(&c), roomFields(&r), personFields(&p), enrolmentFields(&e))...)
	if err != nil {
		return classroom.Entry{}, wrap("find entry", err)
	}
	return classroom.Entry{
		Course: known(&c, c.ID), Room: known(&r, r.ID), Person: known(&p, p.ID), Enrolment: known(&e, e.ID),
	}, nil
}

// known is nil for a part that was not found.
func known[T any](part *T, id string) *T {
	if id == "" {
		return nil
	}
	return part
}
