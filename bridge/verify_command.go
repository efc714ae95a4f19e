package bridge

import "context"

// checkCommand looks for our slash command where the bot may: a team's admin sees
// the commands of all, anybody else what is stored.
func (v *verification) checkCommand(ctx context.Context) bool {
	if v.conn.CommandToken == "" {
		return v.note(false, "chat.check_command", "Error", v.p.Text("chat.command_none"))
	}
	if !v.admin {
		return v.note(true, "chat.check_command")
	}
	cmd, err := v.commandOf(ctx)
	why := reason(err)
	if err == nil && cmd == nil {
		why = v.p.Text("chat.command_gone")
	}
	v.note(cmd != nil, "chat.check_command", "Error", why)
	return true
}
