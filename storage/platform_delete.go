package storage

import (
	"context"
	"fmt"
	"strings"

	"classbridge/classroom"
)

// What belongs to a registration, in the terms of its id; @p is the place of it.
const (
	coursesOf  = "SELECT id FROM courses WHERE platform_id = @p"
	roomsOf    = "SELECT id FROM rooms WHERE course_id IN (" + coursesOf + ")"
	meetingsOf = "SELECT id FROM meetings WHERE room_id IN (" + roomsOf + ")"
	personsOf  = "SELECT id FROM persons WHERE platform_id = @p"
)

// WeighPlatform counts what belongs to a registration.
func (db *DB) WeighPlatform(ctx context.Context, tenantID, id string) (classroom.PlatformWeight, error) {
	var w classroom.PlatformWeight
	counts := []struct {
		to    *int64
		where string
	}{
		{&w.Courses, "courses WHERE platform_id = @p"},
		{&w.Rooms, "rooms WHERE course_id IN (" + coursesOf + ")"},
		{&w.Classes, "meetings WHERE room_id IN (" + roomsOf + ")"},
		{&w.Running, "meetings WHERE open_room_id IN (" + roomsOf + ")"},
		{&w.Recordings, "recordings WHERE room_id IN (" + roomsOf + ")"},
		{&w.People, "persons WHERE platform_id = @p"},
		{&w.Links, "chat_links WHERE platform_id = @p"},
		{&w.Launches, "launches WHERE platform_id = @p"},
		{&w.Grades, "grades WHERE room_id IN (" + roomsOf + ")"},
		{&w.Adoptions, "adoptions WHERE reverted_at IS NULL AND (from_platform_id = @p OR to_platform_id = @p)"},
	}
	for _, c := range counts {
		query, args := bound("SELECT COUNT(*) FROM "+c.where+" AND tenant_id = @t", tenantID, id)
		if err := db.on(ctx).Raw(query, args...).Row().Scan(c.to); err != nil {
			return w, wrap("weigh platform "+id, err)
		}
	}
	return w, nil
}

// bound puts tenant and registration where a statement has @t and @p.
func bound(statement, tenantID, id string) (query string, args []any) {
	for {
		i := strings.IndexByte(statement, '@')
		if i < 0 {
			return query + statement, args
		}
		query += statement[:i] + "?"
		if statement[i+1] == 't' {
			args = append(args, tenantID)
		} else {
			args = append(args, id)
		}
		statement = statement[i+2:]
	}
}

// DeletePlatform deletes a registration with all that belongs to it, in one
// transaction. Whoever has done something in a course that was adopted by another
// registration stays there, as somebody who has left.
func (db *DB) DeletePlatform(ctx context.Context, tenantID, id string) error {
	op := "delete platform " + id
	return db.tx(ctx, func(t *tx) error {
		t.wrote = true
		r, err := lock[platformRow](ctx, t.queries, op, id)
		if err != nil {
			return err
		}
		if r.TenantID != tenantID {
			return &classroom.Error{Code: classroom.NotFound, Message: "error.page_unknown", Err: fmt.Errorf("%s: of another tenant", op)}
		}
		if err := t.deletable(ctx, r); err != nil {
			return err
		}
		for _, statement := range platformDeletion() {
			query, args := bound(statement, tenantID, id)
			if err := t.on(ctx).Exec(query, args...).Error; err != nil {
				return wrap(op, err)
			}
		}
		return t.exec(ctx, op, "DELETE FROM platforms WHERE tenant_id = ? AND id = ?", tenantID, id)
	})
}

// deletable refuses while launches may come in or a class runs.
func (t *tx) deletable(ctx context.Context, r platformRow) error {
	if !r.Disabled {
		return &classroom.Error{Code: classroom.Conflict, Message: "console.lti.error.enabled", Err: fmt.Errorf("platform %s is enabled", r.ID)}
	}
	query, args := bound("SELECT COUNT(*) FROM meetings WHERE open_room_id IN ("+roomsOf+")", r.TenantID, r.ID)
	var running int64
	if err := t.on(ctx).Raw(query, args...).Row().Scan(&running); err != nil {
		return wrap("running classes of platform "+r.ID, err)
	}
	if running > 0 {
		return &classroom.Error{Code: classroom.Conflict, Message: "console.lti.error.running", Err: fmt.Errorf("%d classes of platform %s run", running, r.ID)}
	}
	return nil
}

// platformDeletion is what is done, in this order: rows go before what they refer to.
func platformDeletion() []string {
	const courses, rooms, meetings, persons = "(" + coursesOf + ")", "(" + roomsOf + ")", "(" + meetingsOf + ")", "(" + personsOf + ")"
	return []string{
		// Of rooms that were adopted, posts may still name the course they came from.
		"UPDATE announcements SET course_id = (SELECT r.course_id FROM rooms r WHERE r.id = announcements.room_id) WHERE course_id IN " + courses + " AND room_id NOT IN " + rooms,
		"DELETE FROM join_tries WHERE room_id IN " + rooms,
		"DELETE FROM seats WHERE meeting_id IN " + meetings,
		"DELETE FROM attendances WHERE meeting_id IN " + meetings,
		"DELETE FROM recordings WHERE room_id IN " + rooms + " OR meeting_id IN " + meetings,
		"DELETE FROM announcements WHERE course_id IN " + courses + " OR room_id IN " + rooms,
		"DELETE FROM meetings WHERE room_id IN " + rooms,
		"DELETE FROM grades WHERE room_id IN " + rooms,
		"DELETE FROM gradebooks WHERE room_id IN " + rooms,
		"DELETE FROM admissions WHERE course_id IN " + courses + " OR person_id IN " + persons,
		"DELETE FROM chat_links WHERE platform_id = @p OR person_id IN " + persons,
		"DELETE FROM placements WHERE platform_id = @p OR course_id IN " + courses + " OR person_id IN " + persons,
		"DELETE FROM launches WHERE platform_id = @p OR course_id IN " + courses + " OR person_id IN " + persons + " OR room_id IN " + rooms,
		"DELETE FROM enrolments WHERE course_id IN " + courses,
		"DELETE FROM groups_of_courses WHERE course_id IN " + courses,
		"DELETE FROM rosters WHERE course_id IN " + courses,
		"DELETE FROM alterations WHERE adoption_id IN (SELECT id FROM adoptions WHERE from_platform_id = @p OR to_platform_id = @p)",
		"DELETE FROM adoptions WHERE from_platform_id = @p OR to_platform_id = @p",
		"UPDATE courses SET resembles = '' WHERE resembles IN " + courses,
		"UPDATE courses SET copied_from = '' WHERE copied_from IN " + courses,
		"DELETE FROM rooms WHERE course_id IN " + courses,

		// Those who have left: of the registration that has their course now.
		"UPDATE enrolments SET ended_at = COALESCE(ended_at, CURRENT_TIMESTAMP) WHERE person_id IN " + persons,
		`UPDATE persons SET subject = '', platform_id = (SELECT MIN(c.platform_id) FROM enrolments e JOIN courses c ON c.id = e.course_id WHERE e.person_id = persons.id)
			WHERE platform_id = @p AND EXISTS (SELECT 1 FROM enrolments e WHERE e.person_id = persons.id)`,
		`UPDATE persons SET subject = '', platform_id = (SELECT MIN(c.platform_id) FROM meetings m JOIN rooms r ON r.id = m.room_id JOIN courses c ON c.id = r.course_id WHERE m.started_by = persons.id)
			WHERE platform_id = @p AND EXISTS (SELECT 1 FROM meetings m WHERE m.started_by = persons.id)`,
		"DELETE FROM grades WHERE person_id IN " + persons,
		"DELETE FROM join_tries WHERE person_id IN " + persons,
		"DELETE FROM erasures WHERE person_id IN " + persons,
		"DELETE FROM persons WHERE platform_id = @p",

		"DELETE FROM courses WHERE platform_id = @p",
		"DELETE FROM refusals WHERE platform_id = @p",
		"DELETE FROM invitations WHERE platform_id = @p",
		"DELETE FROM notice_handlers WHERE platform_id = @p",
		"DELETE FROM deployments WHERE platform_id = @p",
	}
}
