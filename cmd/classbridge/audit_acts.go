package main

// acts are the commands that change something, or take data along, by what the
// audit log calls it. Those that are not here only look, or write down themselves
// what they did: see the test, which knows them all.
func acts() map[string]string {
	return map[string]string{
		"platform add":      "platform.add",
		"platform edit":     "platform.change",
		"platform disable":  "platform.disable",
		"platform enable":   "platform.enable",
		"platform approve":  "platform.approve",
		"platform delete":   "platform.delete",
		"platform invite":   "invitation.create",
		"platform withdraw": "invitation.withdraw",

		"deployment approve": "deployment.approve",
		"deployment revoke":  "deployment.revoke",

		"key rotate":   "key.rotate",
		"key retire":   "key.retire",
		"course sync":  "roster.read",
		"adopt apply":  "adoption.apply",
		"adopt revert": "adoption.revert",

		"bbb add":     "server.add",
		"bbb rotate":  "server.rotate",
		"bbb forget":  "server.forget_secrets",
		"bbb disable": "server.disable",
		"bbb enable":  "server.enable",
		"bbb remove":  "server.remove",

		"maintenance set":   "maintenance.plan",
		"maintenance clear": "maintenance.end",

		"mattermost connect":    "mattermost.connect",
		"mattermost assign":     "mattermost.move_bot",
		"mattermost disconnect": "mattermost.disconnect",

		"settings set": "school.change",
		"audit export": "audit.export",

		"restore":       "backup.restore",
		"master rotate": "master_key.rotate",
		"master reseal": "master_key.reseal",
		"master retire": "master_key.retire",
		"master lost":   "master_key.lost",
	}
}
