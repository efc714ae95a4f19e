// Package bridge is the school's Mattermost: it implements classroom.Chat, lets
// Mattermost's OAuth say who somebody is, and connects and checks a server. No
// other package knows Mattermost's API (REST v4, https://api.mattermost.com).
//
//	Bridge          channels, members and posts, as the bot        (channel.go, member.go, post.go)
//	Bridge          sign-in by OAuth 2.0 with PKCE, RFC 7636        (login.go)
//	Setup.Run       bot, token and OAuth app, once, as an admin:
//	                planned, confirmed, done                        (plan.go, connect*.go, rotate.go)
//	Admin           the same in steps, for the console              (admin.go)
//	Bridge          channels as an admin of ours sees them          (look.go)
//	Command         the slash command /bbb                          (command*.go, connect_command.go)
//	Bridge.Verify   what is missing and what that causes            (verify*.go)
//
// The bot is an ordinary user account of the bot kind: a member of one team, at
// most its admin, never a system admin. It makes the private channel of a course
// and so becomes its channel admin.
//
// A post is written exactly once. Mattermost itself refuses doubles for 30
// seconds, in memory, by pending_post_id; beyond that every post carries our key
// in props.bbb_key and whoever tries again looks for it first (post.go, find.go).
package bridge
