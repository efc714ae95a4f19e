package storage

import (
	"database/sql"
	"time"

	"classbridge/classroom"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgtype/zeronull"
)

// The columns that the joins of entry.go and access.go read, and where they go,
// in the same order. Each may be NULL, as its table is joined if it has a row:
// NULL is the zero value. database/sql and pgx both scan into these, pgx without
// reflection.

func text(to *string) any       { return (*zeronull.Text)(to) }
func number(to *int64) any      { return (*zeronull.Int8)(to) }
func stamped(to *time.Time) any { return (*zeronull.Timestamp)(to) }

// flag is a truth value that may be NULL, which zeronull does not have.
type flag bool

// ScanBool implements pgtype.BoolScanner.
func (f *flag) ScanBool(v pgtype.Bool) error {
	*f = flag(v.Bool)
	return nil
}

// Scan implements sql.Scanner.
func (f *flag) Scan(src any) error {
	var v sql.NullBool // SQLite's truth is a number
	err := v.Scan(src)
	*f = flag(v.Bool)
	return err
}

func truth(to *bool) any { return (*flag)(to) }

const courseColumns = `c.id, c.tenant_id, c.platform_id, c.deployment_id, c.context_id, c.link_id, c.label, c.title,
	c.locale, c.time_zone, c.channel, c.channel_id, c.channel_name, c.roster_url, c.grades_url, c.grades_scopes, c.groups_url,
	c.copied_from, c.resembles, c.created_at, c.updated_at`

func courseFields(c *classroom.Course) []any {
	return []any{
		text(&c.ID), text(&c.TenantID), text(&c.PlatformID), text(&c.DeploymentID), text(&c.ContextID), text(&c.LinkID), text(&c.Label), text(&c.Title),
		text(&c.Locale), text(&c.TimeZone), text((*string)(&c.Channel)), text(&c.ChannelID), text(&c.ChannelName),
		text(&c.RosterURL), text(&c.GradesURL), text(&c.GradesScopes), text(&c.GroupsURL), text(&c.CopiedFrom), text(&c.Resembles), stamped(&c.CreatedAt), stamped(&c.UpdatedAt),
	}
}

const roomColumns = `r.id, r.tenant_id, r.course_id, r.resource_link_id, r.title, r.description, r.record, r.version,
	r.graded, r.grade_after, r.line_item_url, r.grouped, r.parent_id, r.group_id, r.copied_from, r.named_by, r.created_at, r.updated_at`

func roomFields(r *classroom.Room) []any {
	return []any{
		text(&r.ID), text(&r.TenantID), text(&r.CourseID), text(&r.ResourceLinkID), text(&r.Title), text(&r.Description), truth(&r.Record), number(&r.Version),
		truth(&r.Graded), number(&r.GradeAfter), text(&r.LineItemURL), truth(&r.Grouped), text(&r.ParentID), text(&r.GroupID), text(&r.CopiedFrom), text(&r.NamedBy), stamped(&r.CreatedAt), stamped(&r.UpdatedAt),
	}
}

const personColumns = `p.id, p.tenant_id, p.platform_id, p.subject, p.name, p.chosen_name, p.email, p.locale, p.created_at, p.updated_at`

func personFields(p *classroom.Person) []any {
	return []any{
		text(&p.ID), text(&p.TenantID), text(&p.PlatformID), text(&p.Subject), text(&p.Name), text(&p.ChosenName), text(&p.Email), text(&p.Locale), stamped(&p.CreatedAt), stamped(&p.UpdatedAt),
	}
}

const enrolmentColumns = `e.id, e.tenant_id, e.course_id, e.person_id, e.moderator, e.counted, e.why, e.role_name,
	e.proved_at, e.launched_at, e.roster_at, e.group_ids, e.ended_at, e.created_at, e.updated_at`

func enrolmentFields(e *classroom.Enrolment) []any {
	return []any{
		text(&e.ID), text(&e.TenantID), text(&e.CourseID), text(&e.PersonID), truth(&e.Moderator), truth(&e.Counted), text(&e.Why), text(&e.RoleName),
		stamped(&e.ProvedAt), stamped(&e.LaunchedAt), stamped(&e.RosterAt), text((*string)(&e.GroupIDs)), stamped(&e.EndedAt), stamped(&e.CreatedAt), stamped(&e.UpdatedAt),
	}
}

const launchColumns = `l.id, l.tenant_id, l.platform_id, l.nonce, l.person_id, l.course_id, l.room_id, l.moderator, l.why,
	l.address, l.return_url, l.created_at, l.seen_at, l.ended_at`

func launchFields(l *classroom.Launch) []any {
	return []any{
		text(&l.ID), text(&l.TenantID), text(&l.PlatformID), text(&l.Nonce), text(&l.PersonID), text(&l.CourseID), text(&l.RoomID), truth(&l.Moderator), text(&l.Why),
		text(&l.Address), text(&l.ReturnURL), stamped(&l.CreatedAt), stamped(&l.SeenAt), stamped(&l.EndedAt),
	}
}
