package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// chatRow is a classroom.ChatConnection with its secrets sealed.
type chatRow struct {
	TenantID    string `gorm:"primaryKey"`
	URL         string
	Token       string
	BotID       string
	TeamID      string
	TeamName    string
	OAuthID     string `gorm:"column:oauth_id"`
	OAuthSecret string `gorm:"column:oauth_secret"`

	CommandToken string // '' where there is no command
	TeamLimit    int64
	BotOwner     string
	UpdatedAt    time.Time
}

func (chatRow) TableName() string { return "chat_connections" }

func (q queries) newChatRow(c classroom.ChatConnection) (chatRow, error) {
	r := chatRow(c)
	var err error
	if r.Token, err = q.vault.Seal([]byte(c.Token), "chat_connections/"+c.TenantID+"/token"); err != nil {
		return r, err
	}
	if r.OAuthSecret, err = q.vault.Seal([]byte(c.OAuthSecret), "chat_connections/"+c.TenantID+"/oauth_secret"); err != nil || c.CommandToken == "" {
		return r, err
	}
	r.CommandToken, err = q.vault.Seal([]byte(c.CommandToken), "chat_connections/"+c.TenantID+"/command_token")
	return r, err
}

func (q queries) chatConnection(r chatRow) (classroom.ChatConnection, error) {
	c := classroom.ChatConnection(r)
	token, err := q.vault.Open(r.Token, "chat_connections/"+r.TenantID+"/token")
	if err != nil {
		return classroom.ChatConnection{}, err
	}
	secret, err := q.vault.Open(r.OAuthSecret, "chat_connections/"+r.TenantID+"/oauth_secret")
	if err != nil {
		return classroom.ChatConnection{}, err
	}
	c.Token, c.OAuthSecret = string(token), string(secret)
	if r.CommandToken == "" {
		return c, nil
	}
	command, err := q.vault.Open(r.CommandToken, "chat_connections/"+r.TenantID+"/command_token")
	c.CommandToken = string(command)
	return c, err
}

// FindChatConnection reads how the tenant's chat is reached.
func (q queries) FindChatConnection(ctx context.Context, tenantID string) (classroom.ChatConnection, bool, error) {
	const op = "chat connection"
	r, ok, err := find[chatRow](ctx, q, op, "tenant_id = ?", tenantID)
	if err != nil || !ok {
		return classroom.ChatConnection{}, false, err
	}
	c, err := q.chatConnection(r)
	return c, err == nil, wrap(op, err)
}

// FindChatConnection reads how the tenant's chat is reached, as it was at most
// half a second ago.
func (db *DB) FindChatConnection(ctx context.Context, tenantID string) (classroom.ChatConnection, bool, error) {
	f, err := db.cache.chats.get(tenantID, func() (found[classroom.ChatConnection], error) {
		c, ok, err := db.queries.FindChatConnection(ctx, tenantID)
		return found[classroom.ChatConnection]{c, ok}, err
	})
	return f.value, f.ok, err
}

// SaveChatConnection connects the tenant's chat, or changes how it is reached.
func (db *DB) SaveChatConnection(ctx context.Context, c classroom.ChatConnection) error {
	const op = "save chat connection"
	r, err := db.newChatRow(c)
	if err != nil {
		return wrap(op, err)
	}
	return db.tx(ctx, func(t *tx) error {
		t.wrote = true
		if err := t.on(ctx).Exec("DELETE FROM chat_connections WHERE tenant_id = ?", c.TenantID).Error; err != nil {
			return wrap(op, err)
		}
		return create(ctx, t.queries, op, r)
	})
}

// DeleteChatConnection forgets the tenant's chat; links and posts stay.
func (db *DB) DeleteChatConnection(ctx context.Context, tenantID string) error {
	defer db.cache.drop()
	return db.exec(ctx, "delete chat connection", "DELETE FROM chat_connections WHERE tenant_id = ?", tenantID)
}
