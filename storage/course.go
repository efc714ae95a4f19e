package storage

import (
	"context"

	"classbridge/classroom"
)

// Course reads a course.
func (q queries) Course(ctx context.Context, id string) (classroom.Course, error) {
	return get[classroom.Course](ctx, q, "course "+id, "id = ?", id)
}

// CreateCourse inserts a course; Conflict if the LMS's course has one.
func (q queries) CreateCourse(ctx context.Context, c classroom.Course) error {
	return create(ctx, q, "create course "+c.ID, c)
}

// SaveCourse changes a course.
func (q queries) SaveCourse(ctx context.Context, c classroom.Course) error {
	return save(ctx, q, "save course "+c.ID, c)
}

// LockCourse reads a course and keeps it from others until the transaction ends.
func (q queries) LockCourse(ctx context.Context, id string) (classroom.Course, error) {
	return lock[classroom.Course](ctx, q, "lock course "+id, id)
}

// TouchCourse lets the pages of all the course's rooms know of news.
func (q queries) TouchCourse(ctx context.Context, courseID string) error {
	err := q.on(ctx).Exec("UPDATE rooms SET version = version + 1 WHERE course_id = ?", courseID).Error
	return wrap("touch course "+courseID, err)
}
