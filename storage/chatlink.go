package storage

import (
	"context"

	"classbridge/classroom"
)

// FindChatLink reads the link of a person to a chat user.
func (q queries) FindChatLink(ctx context.Context, personID string) (classroom.ChatLink, bool, error) {
	return find[classroom.ChatLink](ctx, q, "chat link of person "+personID, "person_id = ?", personID)
}

// FindLinkedPerson reads the link of a chat user to a person of that platform.
func (q queries) FindLinkedPerson(ctx context.Context, platformID, chatUserID string) (classroom.ChatLink, bool, error) {
	return find[classroom.ChatLink](ctx, q, "chat link", "platform_id = ? AND chat_user_id = ?", platformID, chatUserID)
}

// CreateChatLink inserts a link; Conflict if the person or the chat user has one.
func (q queries) CreateChatLink(ctx context.Context, l classroom.ChatLink) error {
	return create(ctx, q, "create chat link "+l.ID, l)
}

// DeleteChatLink removes the person's link; NotFound if there is none.
func (q queries) DeleteChatLink(ctx context.Context, personID string) error {
	return q.exec(ctx, "delete chat link", "DELETE FROM chat_links WHERE person_id = ?", personID)
}

// FindAdmission reads how a person stands towards the course's channel.
func (q queries) FindAdmission(ctx context.Context, courseID, personID string) (classroom.Admission, bool, error) {
	return find[classroom.Admission](ctx, q, "admission of person "+personID, "course_id = ? AND person_id = ?", courseID, personID)
}

// SaveAdmission inserts or replaces how a person stands towards the course's channel.
func (q queries) SaveAdmission(ctx context.Context, a classroom.Admission) error {
	err := q.on(ctx).Exec(`INSERT INTO admissions (tenant_id, course_id, person_id, chat_user_id, state, updated_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (course_id, person_id) DO UPDATE SET chat_user_id = COALESCE(NULLIF(excluded.chat_user_id, ''), admissions.chat_user_id),
			state = excluded.state, updated_at = excluded.updated_at`,
		a.TenantID, a.CourseID, a.PersonID, a.ChatUserID, a.State, a.UpdatedAt).Error
	return wrap("save admission of person "+a.PersonID, err)
}

// AdmissionsWanted lists who waits for the course's channel, by person.
func (q queries) AdmissionsWanted(ctx context.Context, courseID, after string, limit int) ([]classroom.Admission, error) {
	return list[classroom.Admission](ctx, q, "admissions of course "+courseID, limit, "person_id",
		"course_id = ? AND state = ? AND person_id > ?", courseID, classroom.AdmissionWanted, after)
}
