package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"classbridge/classroom"
)

var accessQuery = newStatement(`SELECT ` + launchColumns + `, ` + personColumns + `, ` + roomColumns + `, ` + courseColumns + `, ` + enrolmentColumns + `
FROM launches l
JOIN persons p ON p.id = l.person_id
JOIN rooms r ON r.id = ? AND r.tenant_id = l.tenant_id
JOIN courses c ON c.id = r.course_id
LEFT JOIN enrolments e ON e.person_id = l.person_id AND e.course_id = r.course_id
WHERE l.id = ?`)

// FindAccess reads everything that decides what a session may do in a room.
func (q queries) FindAccess(ctx context.Context, launchID, roomID string) (classroom.Access, bool, error) {
	var a classroom.Access
	err := q.row(ctx, accessQuery, roomID, launchID).Scan(slices.Concat(launchFields(&a.Launch), personFields(&a.Person), roomFields(&a.Room), courseFields(&a.Course), enrolmentFields(&a.Enrolment))...)
	if errors.Is(err, sql.ErrNoRows) {
		return classroom.Access{}, false, nil
	}
	if err == nil {
		err = q.openReturnURL(&a.Launch)
	}
	return a, err == nil, wrap("find access", err)
}
