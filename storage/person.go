package storage

import (
	"context"

	"classbridge/classroom"
)

// Person reads a person.
func (q queries) Person(ctx context.Context, id string) (classroom.Person, error) {
	return get[classroom.Person](ctx, q, "person "+id, "id = ?", id)
}

// CreatePerson inserts a person; Conflict if the platform's subject has one.
func (q queries) CreatePerson(ctx context.Context, p classroom.Person) error {
	return create(ctx, q, "create person "+p.ID, p)
}

// SavePerson changes a person.
func (q queries) SavePerson(ctx context.Context, p classroom.Person) error {
	return save(ctx, q, "save person "+p.ID, p)
}

// FindEnrolment reads what a person may do in a course.
func (q queries) FindEnrolment(ctx context.Context, personID, courseID string) (classroom.Enrolment, bool, error) {
	return find[classroom.Enrolment](ctx, q, "enrolment of person "+personID, "person_id = ? AND course_id = ?", personID, courseID)
}

// CreateEnrolment inserts an enrolment; Conflict if the person has one in the course.
func (q queries) CreateEnrolment(ctx context.Context, e classroom.Enrolment) error {
	return create(ctx, q, "create enrolment "+e.ID, e)
}

// SaveEnrolment changes an enrolment.
func (q queries) SaveEnrolment(ctx context.Context, e classroom.Enrolment) error {
	return save(ctx, q, "save enrolment "+e.ID, e)
}
