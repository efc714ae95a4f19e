package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// AuditFilter chooses entries of the audit log; empty fields choose all.
type AuditFilter struct {
	Actor   string // part of how people know the actor
	Act     string // server.add, or its noun: server
	Subject string // part of what it was done to, or the whole id of that
	Outcome Outcome
	From    time.Time
	To      time.Time // before it
	Before  string    // id: entries that are older than that one
	Limit   int
}

// Outcomes are all of them.
func Outcomes() []Outcome { return []Outcome{Done, Refused, Failed} }

// auditPage is how many entries are in memory at a time while all are read.
const auditPage = 500

// EachAuditEntry reads the entries that the filter chooses, the newest first,
// some at a time: no reading takes long, however many there are.
func (c *Console) EachAuditEntry(ctx context.Context, tenantID string, f AuditFilter, each func(AuditEntry) error) error {
	f.Limit = auditPage
	for {
		some, err := c.Store.AuditEntries(ctx, tenantID, f)
		if err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		for _, e := range some {
			if err := each(e); err != nil {
				return err
			}
		}
		if len(some) < auditPage {
			return nil
		}
		f.Before = some[len(some)-1].ID
	}
}

// AuditHead are the columns of an exported audit log: names for programs, the
// same in every language.
func AuditHead() []string {
	return []string{"time", "actor", "actor_id", "act", "subject", "subject_id", "outcome", "address", "detail"}
}

// Cells are an entry as a line of a table, in the order of AuditHead.
func (e AuditEntry) Cells() []string {
	return []string{stamp(e.CreatedAt), e.Actor, e.ActorID, e.Act, e.Subject, e.SubjectID, string(e.Outcome), e.Address, e.Detail}
}

// JSON is an entry as one line of JSON, without its end.
func (e AuditEntry) JSON() ([]byte, error) {
	return json.Marshal(struct {
		ID        string   `json:"id"`
		Time      string   `json:"time"`
		Actor     string   `json:"actor"`
		ActorID   string   `json:"actor_id,omitempty"`
		Act       string   `json:"act"`
		Subject   string   `json:"subject,omitempty"`
		SubjectID string   `json:"subject_id,omitempty"`
		Outcome   Outcome  `json:"outcome"`
		Address   string   `json:"address,omitempty"`
		Detail    []string `json:"detail,omitempty"`
	}{e.ID, stamp(e.CreatedAt), e.Actor, e.ActorID, e.Act, e.Subject, e.SubjectID, e.Outcome, e.Address, e.Lines()})
}

// Lines are what changed, one by one.
func (e AuditEntry) Lines() []string {
	if e.Detail == "" {
		return nil
	}
	return strings.Split(e.Detail, "\n")
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
