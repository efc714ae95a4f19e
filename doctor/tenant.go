package doctor

import (
	"context"

	"classbridge/classroom"
)

// tenantTasks are the checks of the tenants that were wished for, with the secrets
// that no result may show. What cannot even be read is a result already.
func (d *Doctor) tenantTasks(ctx context.Context, w Wish) (tasks []task, secrets []string, unread []Result) {
	tenants, err := d.Store.Tenants(ctx)
	if err != nil {
		return nil, nil, []Result{databaseCheck("database.read").failed("doctor.database.read", "Error", err.Error())}
	}
	for _, t := range tenants {
		if w.TenantID != "" && t.ID != w.TenantID {
			continue
		}
		p, err := d.partsOf(ctx, t.ID)
		if err != nil {
			unread = append(unread, databaseCheck("database.read").failed("doctor.database.read", "Error", err.Error()))
			continue
		}
		secrets = append(secrets, p.secrets()...)
		school := ""
		if len(tenants) > 1 {
			school = t.Name
		}
		for _, run := range d.tasksOf(w, p) {
			tasks = append(tasks, named(school, run))
		}
	}
	return tasks, secrets, unread
}

// named says whose results they are.
func named(school string, run task) task {
	return func(ctx context.Context) []Result {
		results := run(ctx)
		for i := range results {
			results[i].School = school
		}
		return results
	}
}

// parts are what a tenant has connected.
type parts struct {
	servers   []classroom.Server
	platforms []classroom.Platform // those that are not disabled
	chat      classroom.ChatConnection
	hasChat   bool
}

func (d *Doctor) partsOf(ctx context.Context, tenantID string) (p parts, err error) {
	if p.servers, err = d.Store.Servers(ctx, tenantID); err != nil {
		return p, err
	}
	platforms, err := d.Store.ListPlatforms(ctx, tenantID)
	for _, registered := range platforms {
		if !registered.Disabled {
			p.platforms = append(p.platforms, registered)
		}
	}
	if err == nil {
		p.chat, p.hasChat, err = d.Store.FindChatConnection(ctx, tenantID)
	}
	return p, err
}

func (p parts) secrets() []string {
	secrets := []string{p.chat.Token, p.chat.OAuthSecret, p.chat.CommandToken}
	for _, s := range p.servers {
		secrets = append(secrets, s.Secrets...)
	}
	return secrets
}

func (d *Doctor) tasksOf(w Wish, p parts) []task {
	var tasks []task
	for _, part := range []struct {
		group Group
		tasks []task
	}{
		{GroupAddress, []task{one(func(ctx context.Context) Result { return d.CheckClock(ctx, d.sources(p)) })}},
		{GroupBBB, d.serverTasks(w, p.servers)},
		{GroupLMS, d.platformTasks(p.platforms)},
		{GroupChat, d.chatTasks(w, p)},
	} {
		if w.looksAt(part.group) {
			tasks = append(tasks, part.tasks...)
		}
	}
	return tasks
}

func (d *Doctor) serverTasks(w Wish, servers []classroom.Server) []task {
	if len(servers) == 0 {
		return []task{one(func(context.Context) Result { return bbbCall().warning("doctor.bbb.none") })}
	}
	var tasks []task
	for _, s := range servers {
		tasks = append(tasks, one(func(ctx context.Context) Result { return d.CheckServer(ctx, s) }))
		if w.Rehearse {
			tasks = append(tasks, func(ctx context.Context) []Result { return d.RehearseMeeting(ctx, s) })
		}
	}
	return tasks
}

func (d *Doctor) platformTasks(platforms []classroom.Platform) []task {
	if len(platforms) == 0 {
		return []task{one(func(context.Context) Result { return lmsCheck("lms.keys").warning("doctor.lms.none") })}
	}
	var tasks []task
	for _, p := range platforms {
		tasks = append(tasks,
			one(func(ctx context.Context) Result { return d.CheckKeys(ctx, p) }),
			one(func(ctx context.Context) Result { return d.CheckToken(ctx, p) }),
			one(func(ctx context.Context) Result { return d.CheckDeployments(ctx, p) }),
		)
	}
	return tasks
}

func (d *Doctor) chatTasks(w Wish, p parts) []task {
	if !p.hasChat {
		return []task{one(func(context.Context) Result { return chatCheck("mattermost.connection").skipped("doctor.chat.none") })}
	}
	tasks := []task{func(ctx context.Context) []Result { return d.CheckChat(ctx, p.chat, w.Printer) }}
	if w.Rehearse {
		tasks = append(tasks, one(func(ctx context.Context) Result { return d.RehearseChat(ctx, p.chat, w.Channel) }))
	}
	return tasks
}
