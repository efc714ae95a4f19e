package doctor

import (
	"context"
	"strings"

	"classbridge/classroom"
	"classbridge/locales"
)

func chatCheck(name string) check { return check{name, GroupChat} }

// minor are the checks of the chat whose failure leaves classes announced.
func minor() []string {
	return []string{
		"chat.check_account", "chat.check_team_admin", "chat.check_settings", "chat.check_version", "chat.check_email",
		"chat.check_edit", "chat.check_site", "chat.check_users", "chat.check_members", "chat.check_command",
	}
}

// CheckChat looks at Mattermost with the bot's own rights.
func (d *Doctor) CheckChat(ctx context.Context, conn classroom.ChatConnection, p *locales.Printer) []Result {
	ctx, cancel := within(ctx)
	defer cancel()
	var results []Result
	for _, looked := range d.Chat.Verify(ctx, conn, p) {
		results = append(results, chatResult(looked))
	}
	return results
}

func chatResult(looked classroom.ChatCheck) Result {
	c := chatCheck("mattermost." + strings.TrimPrefix(looked.ID, "chat.check_"))
	r := Result{Check: c.name, Group: c.group, State: OK, What: Text{Plain: looked.Name}}
	if looked.OK {
		return r
	}
	r.State = Failed
	for _, id := range minor() {
		if looked.ID == id {
			r.State = Warning
		}
	}
	r.Why, r.Effect, r.Do = Text{Plain: looked.Problem}, Text{Plain: looked.Effect}, Text{Plain: looked.Remedy}
	return r
}
