// Package web is what browsers and other servers meet: pages, forms, redirects,
// and the live status of a room. It decides nothing about classes; a handler
// parses, makes one call into package classroom, and answers.
//
// # The ways through
//
//	launch   LMS -> /lti/login -> LMS -> /lti/launch -> 303 /rooms/{room}, framed by the LMS
//	leave    a form in the frame opens a tab and POSTs a ticket -> the tab's own cookie -> 303 to BigBlueButton
//	wait     the same tab stays at /rooms/{room}/wait and goes on by POST /rooms/{room}/enter
//	chat     /go/{room} -> Mattermost's OAuth -> /mattermost/oauth -> /go/{room} -> 303 to BigBlueButton
//	link     ticket -> Mattermost's OAuth -> /rooms/{room}/link names both people -> POST links them
//	back     BigBlueButton -> /left -> POST /rooms/{room}/enter or /go/{room}
//
// # The cookies
//
// All are named __Host-…, Secure, HttpOnly, and signed. Browsers take such
// cookies on http://*.localhost too, as they do on https.
//
//	__Host-classbridge       the launch, in the LMS's frame: SameSite=None, Partitioned
//	__Host-classbridge-tab   the launch, in tabs of our own, until the browser is closed: SameSite=Lax
//	__Host-classbridge-chat  the chat user, 12 h: SameSite=Lax
//	__Host-oauth-…           binds one OAuth state to this browser, 10 minutes
//	__Host-classbridge-link  who has just signed in to the chat, until the link is confirmed
//
// A page says whose it is by a short code in its forms: should the cookie have
// become another person's meanwhile, what the page asks for is refused.
//
// # Errors
//
// Handlers return them. errors.go alone turns them into a status code, a page
// and one line in the log, joined by a reference that the person can read out.
package web
