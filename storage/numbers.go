package storage

import (
	"context"
	"time"

	"classbridge/admin"
)

// Numbers counts what a tenant's overview begins with.
func (q queries) Numbers(ctx context.Context, tenantID string, since time.Time) (admin.Numbers, error) {
	var n admin.Numbers
	err := q.on(ctx).Raw(`SELECT
		(SELECT COUNT(*) FROM meetings WHERE tenant_id = ? AND open_room_id IS NOT NULL) AS meetings,
		(SELECT CAST(COALESCE(SUM(inside), 0) AS BIGINT) FROM meetings WHERE tenant_id = ? AND open_room_id IS NOT NULL) AS inside,
		(SELECT COUNT(*) FROM launches WHERE tenant_id = ? AND created_at >= ?) AS launches,
		(SELECT COUNT(*) FROM courses WHERE tenant_id = ?) AS courses,
		(SELECT COUNT(*) FROM announcements WHERE tenant_id = ? AND post_id = '' AND first_try IS NOT NULL AND created_at >= ?) AS announcements`,
		tenantID, tenantID, tenantID, since, tenantID, tenantID, since).Scan(&n).Error
	return n, wrap("numbers of tenant "+tenantID, err)
}
