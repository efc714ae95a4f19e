package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// TenantPlatform reads a registration of the tenant, disabled or not.
func (db *DB) TenantPlatform(ctx context.Context, tenantID, id string) (classroom.Platform, error) {
	r, err := get[platformRow](ctx, db.queries, "platform "+id, "tenant_id = ? AND id = ?", tenantID, id)
	return r.platform(), err
}

// TenantDeployments lists those of all registrations of the tenant, oldest first.
func (db *DB) TenantDeployments(ctx context.Context, tenantID string) ([]classroom.Deployment, error) {
	return list[classroom.Deployment](ctx, db.queries, "deployments", 0, "created_at, id", "tenant_id = ?", tenantID)
}

// LastLaunches answers when each registration was last launched from.
func (db *DB) LastLaunches(ctx context.Context, tenantID string) (map[string]time.Time, error) {
	var rows []struct {
		PlatformID string
		CreatedAt  time.Time
	}
	err := db.on(ctx).Raw(`SELECT l.platform_id, l.created_at FROM platforms p JOIN launches l
		ON l.id = (SELECT x.id FROM launches x WHERE x.platform_id = p.id ORDER BY x.created_at DESC LIMIT 1)
		WHERE p.tenant_id = ?`, tenantID).Scan(&rows).Error
	last := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		last[r.PlatformID] = r.CreatedAt.UTC()
	}
	return last, wrap("last launches", err)
}

// LaunchesFrom lists the accepted launches of a registration, the newest first.
func (db *DB) LaunchesFrom(ctx context.Context, tenantID, platformID string, limit int) ([]classroom.ListedLaunch, error) {
	launches := []classroom.ListedLaunch{}
	err := db.on(ctx).Raw(`SELECT l.id, l.moderator, l.why, COALESCE(e.role_name, '') AS role_name,
			CASE WHEN c.title <> '' THEN c.title ELSE c.label END AS course, r.title AS room,
			CASE WHEN p.name <> '' THEN p.name ELSE p.chosen_name END AS person, l.address, l.created_at
		FROM launches l JOIN courses c ON c.id = l.course_id JOIN rooms r ON r.id = l.room_id JOIN persons p ON p.id = l.person_id
		LEFT JOIN enrolments e ON e.person_id = l.person_id AND e.course_id = l.course_id
		WHERE l.tenant_id = ? AND l.platform_id = ? ORDER BY l.created_at DESC, l.id DESC LIMIT ?`, tenantID, platformID, limit).Scan(&launches).Error
	for i := range launches {
		launches[i].CreatedAt = launches[i].CreatedAt.UTC()
	}
	return launches, wrap("launches from platform "+platformID, err)
}

// ResemblingCourses lists the courses that look like one of another registration,
// the newest first.
func (db *DB) ResemblingCourses(ctx context.Context, tenantID string, limit int) ([]classroom.Resemblance, error) {
	alike := []classroom.Resemblance{}
	err := db.on(ctx).Raw(`SELECT CASE WHEN c.title <> '' THEN c.title ELSE c.label END AS course,
			o.platform_id AS from_id, fp.name AS from_name, c.platform_id AS to_id, tp.name AS to_name
		FROM courses c JOIN courses o ON o.id = c.resembles AND o.tenant_id = c.tenant_id
		JOIN platforms tp ON tp.id = c.platform_id JOIN platforms fp ON fp.id = o.platform_id
		WHERE c.tenant_id = ? AND c.resembles <> '' AND c.link_id NOT LIKE ? AND o.link_id NOT LIKE ?
			AND NOT (o.platform_id = c.platform_id AND o.deployment_id = c.deployment_id)
		ORDER BY c.created_at DESC, c.id DESC LIMIT ?`,
		tenantID, classroom.RetiredMark+"%", classroom.RetiredMark+"%", limit).Scan(&alike).Error
	return alike, wrap("courses that resemble others", err)
}
