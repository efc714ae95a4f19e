package storage

import (
	"context"

	"classbridge/classroom"

	"gorm.io/gorm/clause"
)

// FindNoticeHandler reads where a deployment was asked to post its notices.
func (q queries) FindNoticeHandler(ctx context.Context, platformID, deploymentID string) (classroom.NoticeHandler, bool, error) {
	return find[classroom.NoticeHandler](ctx, q, "notice handler of platform "+platformID, "platform_id = ? AND deployment_id = ?", platformID, deploymentID)
}

// SaveNoticeHandler inserts or replaces it.
func (q queries) SaveNoticeHandler(ctx context.Context, h classroom.NoticeHandler) error {
	err := q.on(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "platform_id"}, {Name: "deployment_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"service_url", "handler", "asked_at", "registered_at"}),
	}).Create(&h).Error
	return wrap("save notice handler of platform "+h.PlatformID, err)
}
