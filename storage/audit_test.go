package storage_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func audit(t *testing.T, db *storage.DB, e admin.AuditEntry) admin.AuditEntry {
	t.Helper()
	e.ID, e.Address = storagetest.ID(), "203.0.113.7"
	if e.TenantID == "" {
		e.TenantID = classroom.DefaultTenant
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = storagetest.Now()
	}
	must(t, db.CreateAuditEntry(t.Context(), e))
	return e
}

func TestAuditEntries(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		old := audit(t, db, admin.AuditEntry{Actor: "ada@example.org", Act: "server.add", Subject: "100% BBB", SubjectID: "s-1", Outcome: admin.Done, Detail: "a\nb", CreatedAt: now.Add(-48 * time.Hour)})
		shut := audit(t, db, admin.AuditEntry{Actor: "command: Grace", Act: "servers.x", Subject: "Übung", Outcome: admin.Failed})
		in := audit(t, db, admin.AuditEntry{Actor: "grace@example.org", ActorID: "a-2", Act: "server", Outcome: admin.Refused})
		audit(t, db, admin.AuditEntry{TenantID: otherTenant(t, db).ID, Actor: "ada@example.org", Act: "server.add", Outcome: admin.Done})
		for name, test := range map[string]struct {
			filter admin.AuditFilter
			want   []admin.AuditEntry
		}{
			"all":             {admin.AuditFilter{}, []admin.AuditEntry{in, shut, old}},
			"some":            {admin.AuditFilter{Limit: 2}, []admin.AuditEntry{in, shut}},
			"older":           {admin.AuditFilter{Before: shut.ID}, []admin.AuditEntry{old}},
			"actor":           {admin.AuditFilter{Actor: "GRACE"}, []admin.AuditEntry{in, shut}},
			"act":             {admin.AuditFilter{Act: "server.add"}, []admin.AuditEntry{old}},
			"noun":            {admin.AuditFilter{Act: "server"}, []admin.AuditEntry{in, old}},
			"subject":         {admin.AuditFilter{Subject: "Übung"}, []admin.AuditEntry{shut}},
			"wild card":       {admin.AuditFilter{Subject: "%"}, []admin.AuditEntry{old}},
			"id of a subject": {admin.AuditFilter{Subject: "s-1", Act: "server.add"}, []admin.AuditEntry{old}},
			"two at once":     {admin.AuditFilter{Subject: "s-1", Act: "servers.x"}, []admin.AuditEntry{}},
			"outcome":         {admin.AuditFilter{Outcome: admin.Refused}, []admin.AuditEntry{in}},
			"from":            {admin.AuditFilter{From: now}, []admin.AuditEntry{in, shut}},
			"to":              {admin.AuditFilter{To: now.Add(-time.Hour)}, []admin.AuditEntry{old}},
		} {
			t.Run(name, func(t *testing.T) {
				diff(t, test.want, got[[]admin.AuditEntry](t)(db.AuditEntries(t.Context(), classroom.DefaultTenant, test.filter)))
			})
		}
	})
}

// What is written is not changed: the program has no statement that updates
// entries, and what deletes them asks for their age.
func TestAuditEntriesStayAsTheyAre(t *testing.T) {
	change := regexp.MustCompile("(?is)(update|delete\\s+from|truncate)\\s+audit_entries[^`\"]*")
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range files {
		b, err := os.ReadFile(name)
		must(t, err)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, statement := range change.FindAllString(string(b), -1) {
			if !strings.HasPrefix(statement, "DELETE") || !strings.Contains(statement, "created_at < ?") {
				t.Errorf("%s changes the audit log: %s", name, statement)
			}
		}
	}
}
