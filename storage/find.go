package storage

import (
	"context"
	"strings"

	"classbridge/classroom"
)

// havingText is the condition that one of the columns has the text in it, in any
// case. SQLite's own LOWER knows ASCII only: the forms that people type are tried
// beside it.
func havingText(search string, columns ...string) (string, []any) {
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(search)
	lower := strings.ToLower(literal)
	var either []string
	var args []any
	for _, column := range columns {
		either, args = append(either, "LOWER("+column+`) LIKE ? ESCAPE '\'`), append(args, "%"+lower+"%")
		for _, form := range []string{literal, strings.ToUpper(literal), capitalized(lower)} {
			either, args = append(either, column+` LIKE ? ESCAPE '\'`), append(args, "%"+form+"%")
		}
	}
	return "(" + strings.Join(either, " OR ") + ")", args
}

// SearchPeople lists people of the tenant, by name. Whose data were erased have no
// subject and no name, and are not found.
func (q queries) SearchPeople(ctx context.Context, tenantID, search string, limit int) ([]classroom.FoundPerson, error) {
	const op = "search people"
	where, args := havingText(search, "p.name", "p.chosen_name", "p.email", "p.subject", "l.username")
	rows, err := q.on(ctx).Raw(`SELECT `+personColumns+`, f.name, l.username,
			(SELECT COUNT(*) FROM enrolments e WHERE e.person_id = p.id AND e.ended_at IS NULL)
		FROM persons p JOIN platforms f ON f.id = p.platform_id
		LEFT JOIN chat_links l ON l.person_id = p.id
		WHERE p.tenant_id = ? AND `+where+`
		ORDER BY LOWER(`+shownName+`), p.id LIMIT ?`, append(append([]any{tenantID}, args...), limit)...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var people []classroom.FoundPerson
	for rows.Next() {
		var one classroom.FoundPerson
		if err := rows.Scan(append(personFields(&one.Person), text(&one.Platform), text(&one.Username), number(&one.Courses))...); err != nil {
			return nil, wrap(op, err)
		}
		people = append(people, one)
	}
	return people, wrap(op, rows.Err())
}

// SearchRooms lists rooms of the tenant, by the title of their course.
func (q queries) SearchRooms(ctx context.Context, tenantID, search string, limit int) ([]classroom.FoundRoom, error) {
	const op = "search rooms"
	where, args := havingText(search, "r.title", "c.title", "c.label", "c.context_id")
	rows, err := q.on(ctx).Raw(`SELECT `+roomColumns+`, `+courseColumns+`, f.name
		FROM rooms r JOIN courses c ON c.id = r.course_id JOIN platforms f ON f.id = c.platform_id
		WHERE r.tenant_id = ? AND (`+where+` OR r.id = ? OR c.id = ?)
		ORDER BY LOWER(c.title), LOWER(r.title), r.id LIMIT ?`, append(append([]any{tenantID}, args...), search, search, limit)...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var found []classroom.FoundRoom
	for rows.Next() {
		var one classroom.FoundRoom
		if err := rows.Scan(append(append(roomFields(&one.Room), courseFields(&one.Course)...), text(&one.Platform))...); err != nil {
			return nil, wrap(op, err)
		}
		found = append(found, one)
	}
	return found, wrap(op, rows.Err())
}

// PersonOf reads a person of the tenant.
func (q queries) PersonOf(ctx context.Context, tenantID, id string) (classroom.Person, error) {
	return get[classroom.Person](ctx, q, "person "+id, "tenant_id = ? AND id = ?", tenantID, id)
}

// RoomOf reads a room of the tenant.
func (q queries) RoomOf(ctx context.Context, tenantID, id string) (classroom.Room, error) {
	return get[classroom.Room](ctx, q, "room "+id, "tenant_id = ? AND id = ?", tenantID, id)
}

// PlacesOf lists the courses of a person, those that last first, the newest first.
func (q queries) PlacesOf(ctx context.Context, tenantID, personID string, limit int) ([]classroom.PersonPlace, error) {
	const op = "courses of a person"
	rows, err := q.on(ctx).Raw(`SELECT `+courseColumns+`, `+enrolmentColumns+`, a.state
		FROM enrolments e JOIN courses c ON c.id = e.course_id
		LEFT JOIN admissions a ON a.course_id = e.course_id AND a.person_id = e.person_id
		WHERE e.tenant_id = ? AND e.person_id = ? AND `+begun+`
		ORDER BY CASE WHEN e.ended_at IS NULL THEN 0 ELSE 1 END, e.updated_at DESC, e.id LIMIT ?`, tenantID, personID, limit).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var places []classroom.PersonPlace
	for rows.Next() {
		var one classroom.PersonPlace
		if err := rows.Scan(append(append(courseFields(&one.Course), enrolmentFields(&one.Enrolment)...), text((*string)(&one.Admission)))...); err != nil {
			return nil, wrap(op, err)
		}
		places = append(places, one)
	}
	return places, wrap(op, rows.Err())
}
