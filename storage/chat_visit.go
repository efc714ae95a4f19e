package storage

import (
	"context"
	"encoding/json"
	"time"

	"classbridge/classroom"
)

// chatVisitRow is a classroom.ChatVisit with its token sealed.
type chatVisitRow struct {
	ID        string
	TenantID  string
	AccountID string
	State     classroom.ChatVisitState
	Username  string
	Token     string // empty: the session has ended
	Ours      bool
	Wish      string
	Plan      string
	Report    string
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

func (chatVisitRow) TableName() string { return "chat_visits" }

func chatVisitSeal(id string) string { return "chat_visits/" + id + "/token" }

func (q queries) newChatVisitRow(v classroom.ChatVisit) (chatVisitRow, error) {
	r := chatVisitRow{
		ID: v.ID, TenantID: v.TenantID, AccountID: v.AccountID, State: v.State, Username: v.Session.Username, Ours: v.Session.Ours,
		ExpiresAt: v.ExpiresAt, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	for to, from := range map[*string]any{&r.Wish: v.Wish, &r.Plan: v.Plan, &r.Report: v.Report} {
		b, err := json.Marshal(from)
		if err != nil {
			return r, err
		}
		*to = string(b)
	}
	if v.Session.Token == "" {
		return r, nil
	}
	var err error
	r.Token, err = q.vault.Seal([]byte(v.Session.Token), chatVisitSeal(v.ID))
	return r, err
}

func (q queries) chatVisit(r chatVisitRow) (classroom.ChatVisit, error) {
	v := classroom.ChatVisit{
		ID: r.ID, TenantID: r.TenantID, AccountID: r.AccountID, State: r.State, Session: classroom.ChatSession{Username: r.Username, Ours: r.Ours},
		ExpiresAt: r.ExpiresAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	for from, to := range map[string]any{r.Wish: &v.Wish, r.Plan: &v.Plan, r.Report: &v.Report} {
		if err := json.Unmarshal([]byte(from), to); err != nil {
			return v, err
		}
	}
	if r.Token == "" {
		return v, nil
	}
	token, err := q.vault.Open(r.Token, chatVisitSeal(r.ID))
	v.Session.Token = string(token)
	return v, err
}

// CreateChatVisit inserts a visit.
func (q queries) CreateChatVisit(ctx context.Context, v classroom.ChatVisit) error {
	op := "create chat visit " + v.ID
	r, err := q.newChatVisitRow(v)
	if err != nil {
		return wrap(op, err)
	}
	return create(ctx, q, op, r)
}

// FindChatVisit reads a visit of the tenant's account; both empty: whoever's.
func (q queries) FindChatVisit(ctx context.Context, tenantID, accountID, id string) (classroom.ChatVisit, bool, error) {
	op := "chat visit " + id
	where, args := "id = ?", []any{id}
	if tenantID != "" || accountID != "" {
		where, args = "id = ? AND tenant_id = ? AND account_id = ?", []any{id, tenantID, accountID}
	}
	r, ok, err := find[chatVisitRow](ctx, q, op, where, args...)
	if err != nil || !ok {
		return classroom.ChatVisit{}, false, err
	}
	v, err := q.chatVisit(r)
	return v, err == nil, wrap(op, err)
}

// TurnChatVisit changes a state: one statement, so that of many who try, one does.
func (q queries) TurnChatVisit(ctx context.Context, id string, from, to classroom.ChatVisitState, at time.Time) error {
	op := "turn chat visit " + id
	done := q.on(ctx).Exec("UPDATE chat_visits SET state = ?, updated_at = ? WHERE id = ? AND state = ?", to, at, id, from)
	if done.Error == nil && done.RowsAffected == 0 {
		return &classroom.Error{Code: classroom.Conflict, Message: "conflict"}
	}
	return wrap(op, done.Error)
}

// EndChatVisit writes state and report, and forgets the token.
func (q queries) EndChatVisit(ctx context.Context, v classroom.ChatVisit) error {
	return q.closeChatVisit(ctx, v, ", token = ''")
}

// KeepChatReport writes state and report.
func (q queries) KeepChatReport(ctx context.Context, v classroom.ChatVisit) error {
	return q.closeChatVisit(ctx, v, "")
}

func (q queries) closeChatVisit(ctx context.Context, v classroom.ChatVisit, also string) error {
	op := "end chat visit " + v.ID
	report, err := json.Marshal(v.Report)
	if err != nil {
		return wrap(op, err)
	}
	return q.exec(ctx, op, "UPDATE chat_visits SET state = ?, report = ?, updated_at = ?"+also+" WHERE id = ?", v.State, string(report), v.UpdatedAt, v.ID)
}

// OpenChatVisits lists those of the account that are planned.
func (q queries) OpenChatVisits(ctx context.Context, tenantID, accountID string) ([]classroom.ChatVisit, error) {
	const op = "open chat visits"
	rows, err := list[chatVisitRow](ctx, q, op, 0, "created_at, id",
		"tenant_id = ? AND account_id = ? AND state = ?", tenantID, accountID, classroom.ChatVisitPlanned)
	if err != nil {
		return nil, err
	}
	visits := make([]classroom.ChatVisit, len(rows))
	for i, r := range rows {
		if visits[i], err = q.chatVisit(r); err != nil {
			return nil, wrap(op, err)
		}
	}
	return visits, nil
}

// ForgetChatVisits deletes those that were made before then and hold no token.
func (q queries) ForgetChatVisits(ctx context.Context, before time.Time) error {
	return wrap("forget chat visits", q.on(ctx).Exec("DELETE FROM chat_visits WHERE expires_at < ? AND token = ''", before).Error)
}
