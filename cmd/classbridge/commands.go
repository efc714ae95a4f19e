package main

// commands is the command line.
type commands struct {
	Serve      serveCommand       `cmd:"" help:"Run the program until it is told to stop."`
	Demo       demoCommand        `cmd:"" help:"Run it with an LMS, a BigBlueButton and a chat to try it out; nothing to configure."`
	Platform   platformCommands   `cmd:"" help:"The LMSs that this tool is registered at."`
	Deployment deploymentCommands `cmd:"" help:"The placements that LMSs make of this tool: which are accepted."`
	Key        keyCommands        `cmd:"" help:"The tool's own signing keys."`
	Course     courseCommands     `cmd:"" help:"The courses that have been opened, and the lists of their members."`
	Adopt      adoptCommands      `cmd:"" help:"Move the courses of one registration to another: a tool added anew, an LMS with a new address."`
	BBB        bbbCommands        `cmd:"" name:"bbb" help:"The BigBlueButton servers."`
	Window     windowCommands     `cmd:"" name:"maintenance" help:"A time in which no class starts."`
	Mattermost mattermostCommands `cmd:"" help:"The school's Mattermost."`
	Admin      adminCommands      `cmd:"" help:"Who may sign in to the console; also the way back in."`
	Tenant     tenantCommands     `cmd:"" help:"The schools of this installation; there is one from the start."`
	Settings   settingsCommands   `cmd:"" help:"What the school decides: language, chat guests, names in posts."`
	Audit      auditCommands      `cmd:"" help:"Who did what in the console and by commands."`
	Person     personCommands     `cmd:"" help:"What is stored about somebody: show it, export it, erase it."`
	Doctor     doctorCommand      `cmd:"" help:"Examine the installation: each part that a class needs, what is wrong, why, and what to do."`
	Migrate    migrateCommand     `cmd:"" help:"Bring the database up to date, after a backup; serve does it too."`
	Backup     backupCommand      `cmd:"" help:"Write everything into one encrypted file, beside a running server."`
	Restore    restoreCommand     `cmd:"" help:"Put what a backup holds in the place of the database; also to move between SQLite and PostgreSQL."`
	Master     masterCommands     `cmd:"" help:"The master key: what is sealed with which, a new one, a lost one."`
	Version    versionCommand     `cmd:"" help:"Say what runs."`
	Health     healthCommand      `cmd:"" hidden:"" help:"Ask the server on this machine whether it is ready."`
}
