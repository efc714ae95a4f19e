package storage

import "classbridge/classroom"

// The columns that the joins of entry.go and access.go read, and where they go,
// in the same order. Each may be NULL, as its table is joined if it has a row.

const courseColumns = `c.id, c.tenant_id, c.platform_id, c.deployment_id, c.context_id, c.link_id, c.label, c.title,
	c.locale, c.time_zone, c.channel, c.channel_id, c.channel_name, c.created_at, c.updated_at`

func courseFields(c *classroom.Course) []any {
	return []any{
		opt(&c.ID), opt(&c.TenantID), opt(&c.PlatformID), opt(&c.DeploymentID), opt(&c.ContextID), opt(&c.LinkID), opt(&c.Label), opt(&c.Title),
		opt(&c.Locale), opt(&c.TimeZone), opt(&c.Channel), opt(&c.ChannelID), opt(&c.ChannelName), opt(&c.CreatedAt), opt(&c.UpdatedAt),
	}
}

const roomColumns = `r.id, r.tenant_id, r.course_id, r.resource_link_id, r.title, r.description, r.record, r.version,
	r.created_at, r.updated_at`

func roomFields(r *classroom.Room) []any {
	return []any{
		opt(&r.ID), opt(&r.TenantID), opt(&r.CourseID), opt(&r.ResourceLinkID), opt(&r.Title), opt(&r.Description), opt(&r.Record), opt(&r.Version),
		opt(&r.CreatedAt), opt(&r.UpdatedAt),
	}
}

const personColumns = `p.id, p.tenant_id, p.platform_id, p.subject, p.name, p.email, p.locale, p.created_at, p.updated_at`

func personFields(p *classroom.Person) []any {
	return []any{
		opt(&p.ID), opt(&p.TenantID), opt(&p.PlatformID), opt(&p.Subject), opt(&p.Name), opt(&p.Email), opt(&p.Locale), opt(&p.CreatedAt), opt(&p.UpdatedAt),
	}
}

const enrolmentColumns = `e.id, e.tenant_id, e.course_id, e.person_id, e.moderator, e.counted, e.why, e.role_name,
	e.proved_at, e.ended_at, e.created_at, e.updated_at`

func enrolmentFields(e *classroom.Enrolment) []any {
	return []any{
		opt(&e.ID), opt(&e.TenantID), opt(&e.CourseID), opt(&e.PersonID), opt(&e.Moderator), opt(&e.Counted), opt(&e.Why), opt(&e.RoleName),
		opt(&e.ProvedAt), opt(&e.EndedAt), opt(&e.CreatedAt), opt(&e.UpdatedAt),
	}
}

const launchColumns = `l.id, l.tenant_id, l.platform_id, l.nonce, l.person_id, l.course_id, l.room_id, l.moderator, l.why,
	l.address, l.return_url, l.created_at, l.seen_at, l.ended_at`

func launchFields(l *classroom.Launch) []any {
	return []any{
		opt(&l.ID), opt(&l.TenantID), opt(&l.PlatformID), opt(&l.Nonce), opt(&l.PersonID), opt(&l.CourseID), opt(&l.RoomID), opt(&l.Moderator), opt(&l.Why),
		opt(&l.Address), opt(&l.ReturnURL), opt(&l.CreatedAt), opt(&l.SeenAt), opt(&l.EndedAt),
	}
}
