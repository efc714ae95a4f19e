package storage

import (
	"context"

	"classbridge/classroom"
)

// ChatUncounted lists tenants with a chat whose people were not counted on that day.
func (q queries) ChatUncounted(ctx context.Context, day string, limit int) ([]string, error) {
	return q.ids(ctx, "chats to count", `SELECT tenant_id FROM chat_connections c
		WHERE NOT EXISTS (SELECT 1 FROM chat_counts n WHERE n.tenant_id = c.tenant_id AND n.day = ?) ORDER BY tenant_id LIMIT ?`, day, limit)
}

// SaveChatCounts inserts or replaces those of the day.
func (q queries) SaveChatCounts(ctx context.Context, n classroom.ChatCounts) error {
	err := q.on(ctx).Exec(`INSERT INTO chat_counts (tenant_id, day, users, members) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, day) DO UPDATE SET users = excluded.users, members = excluded.members`,
		n.TenantID, n.Day, n.Users, n.Members).Error
	return wrap("save chat counts", err)
}

// ChatCountsSince lists those of the tenant, the oldest first.
func (q queries) ChatCountsSince(ctx context.Context, tenantID, day string) ([]classroom.ChatCounts, error) {
	return list[classroom.ChatCounts](ctx, q, "chat counts", 0, "day", "tenant_id = ? AND day >= ?", tenantID, day)
}

// ForgetChatCounts deletes those of the days before.
func (q queries) ForgetChatCounts(ctx context.Context, before string) error {
	return wrap("forget chat counts", q.on(ctx).Exec("DELETE FROM chat_counts WHERE day < ?", before).Error)
}
