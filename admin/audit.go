package admin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"classbridge/classroom"

	"github.com/google/uuid"
)

// AuditEntry says who did what, when, from where. It is written once and changed
// by nothing that the console offers; retention alone deletes it.
type AuditEntry struct {
	ID        string
	TenantID  string
	ActorID   string // account; empty: a command, or the program itself
	Actor     string // how people know the actor: e-mail address, or "command: name"
	Act       string // what was done, noun first: server.add
	Subject   string // what it was done to, as people know it
	SubjectID string // its id
	Detail    string // what changed, "name: old -> new" a line; never a secret
	Address   string // from where; empty: on the machine
	Outcome   Outcome
	CreatedAt time.Time
}

// Outcome is whether it was done.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // the console said no
	Failed  Outcome = "failed"  // it was tried, and went wrong
)

// AuditStore keeps the audit log. Nothing in it changes an entry; what a tenant
// keeps no longer is deleted by its age alone (classroom.Keeping).
type AuditStore interface {
	CreateAuditEntry(ctx context.Context, e AuditEntry) error
	// AuditEntries lists those of a tenant, the newest first.
	AuditEntries(ctx context.Context, tenantID string, f AuditFilter) ([]AuditEntry, error)
}

// Act is one act as the audit log names it.
type Act struct {
	Name      string
	Subject   string
	SubjectID string
	Detail    []string
}

// Record writes down what a visitor did, or failed to do: err is what came of it.
// It answers err, joined by what went wrong with the log.
func (c *Console) Record(ctx context.Context, v Visitor, act Act, err error) error {
	e := c.entry(v.Tenant.ID, act)
	e.ActorID, e.Actor, e.Address = v.Account.ID, v.Account.Email, v.Address
	return c.record(ctx, e, err)
}

// RecordCommand writes down what was done on the machine itself.
func (c *Console) RecordCommand(ctx context.Context, tenantID, who string, act Act, err error) error {
	e := c.entry(tenantID, act)
	e.Actor = "command: " + who
	return c.record(ctx, e, err)
}

func (c *Console) entry(tenantID string, act Act) AuditEntry {
	return AuditEntry{
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: tenantID, Act: act.Name,
		Subject: shorten(act.Subject, 200), SubjectID: act.SubjectID,
		Detail: shorten(strings.Join(act.Detail, "\n"), 4000), CreatedAt: c.Now(),
	}
}

// Changes lists what differs between two views of a thing, as Detail wants it.
// Give it no secrets.
func Changes(was, became map[string]string) []string {
	keys := map[string]string{}
	maps.Copy(keys, was)
	maps.Copy(keys, became)
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if was[k] != became[k] {
			lines = append(lines, fmt.Sprintf("%s: %q -> %q", k, was[k], became[k]))
		}
	}
	return lines
}

// record keeps the entry even when whoever asked has gone meanwhile.
func (c *Console) record(ctx context.Context, e AuditEntry, err error) error {
	e.Outcome = outcomeOf(err)
	kept := c.Store.CreateAuditEntry(context.WithoutCancel(ctx), e)
	if kept != nil {
		kept = fmt.Errorf("audit %s: %w", e.Act, kept)
	}
	return errors.Join(err, kept)
}

func outcomeOf(err error) Outcome {
	switch {
	case err == nil:
		return Done
	case classroom.Is(err, classroom.Forbidden):
		return Refused
	}
	return Failed
}
