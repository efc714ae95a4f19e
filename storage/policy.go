package storage

import (
	"context"
	"slices"

	"classbridge/classroom"
)

// SavePolicies changes the policies of the tenant's platform.
func (q queries) SavePolicies(ctx context.Context, p classroom.Platform) error {
	row := newPlatformRow(p)
	return changed("policies of platform "+p.ID, q.on(ctx).Model(&platformRow{}).Where("tenant_id = ? AND id = ?", p.TenantID, p.ID).
		Select("roles", "channels", "record", "starters", "chat_guests", "names_in_posts", "record_notice", "pilot").Updates(&row))
}

// SavePolicies changes the policies of the tenant's platform.
func (db *DB) SavePolicies(ctx context.Context, p classroom.Platform) error {
	defer db.cache.drop()
	return db.queries.SavePolicies(ctx, p)
}

// Standings counts who is enrolled by the rule and role that decided.
func (q queries) Standings(ctx context.Context, tenantID, platformID string) ([]classroom.StandingCount, error) {
	var counts []classroom.StandingCount
	err := q.on(ctx).Raw(`SELECT e.why, e.role_name, e.moderator, COUNT(*) AS people
		FROM enrolments e JOIN courses c ON c.id = e.course_id
		WHERE c.tenant_id = ? AND c.platform_id = ? AND e.ended_at IS NULL
		GROUP BY e.why, e.role_name, e.moderator ORDER BY e.why, e.role_name`, tenantID, platformID).Scan(&counts).Error
	return counts, wrap("standings", err)
}

// EnrolmentsNamed lists the enrolments of people of that name.
func (q queries) EnrolmentsNamed(ctx context.Context, tenantID, platformID, name string, limit int) ([]classroom.NamedEnrolment, error) {
	var found []classroom.NamedEnrolment
	where, args := named(name)
	err := q.on(ctx).Raw(`SELECT `+shownName+` AS name, COALESCE(NULLIF(c.title, ''), c.label) AS course, e.why, e.role_name, e.moderator, e.counted
		FROM enrolments e
		JOIN courses c ON c.id = e.course_id
		JOIN persons p ON p.id = e.person_id
		WHERE c.tenant_id = ? AND c.platform_id = ? AND e.ended_at IS NULL`+where+`
		ORDER BY LOWER(`+shownName+`), p.id, e.id LIMIT ?`,
		slices.Concat([]any{tenantID, platformID}, args, []any{limit})...).Scan(&found).Error
	return found, wrap("enrolments by name", err)
}
