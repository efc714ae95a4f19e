// Package web is what browsers and other servers meet: pages, forms, redirects,
// and the live status of a room. It decides nothing about classes; a handler
// parses, makes one call into package classroom, and answers.
//
// # The ways through
//
//	launch   LMS -> /lti/login -> LMS -> /lti/launch -> 303 /rooms/{room}, framed by the LMS
//	choose   LMS -> /lti/launch, a deep linking request -> POST /lti/deep-linking -> a form that posts to the LMS
//	leave    a form in the frame opens a tab and POSTs a ticket -> the tab's own cookie -> 303 to BigBlueButton
//	wait     the same tab stays at /rooms/{room}/wait and goes on by POST /rooms/{room}/enter
//	chat     /go/{room} -> Mattermost's OAuth -> /mattermost/oauth -> /go/{room} -> 303 to BigBlueButton
//	link     ticket -> Mattermost's OAuth -> /rooms/{room}/link names both people -> POST links them
//	back     BigBlueButton -> /left -> POST /rooms/{room}/enter or /go/{room}
//
// # The cookies
//
// All are named __Host-…, Secure, HttpOnly but for the probe, and signed. Browsers take such
// cookies on http://*.localhost too, as they do on https.
//
//	__Host-classbridge       the launch, in the LMS's frame: SameSite=None, Partitioned
//	__Host-classbridge-tab   the launch, in tabs of our own, until the browser is closed: SameSite=Lax
//	__Host-classbridge-chat  the chat user, 12 h: SameSite=Lax
//	__Host-lti_…             binds one login to this browser, 10 minutes; __Host-lti_kept tells that cookies stay (package lti)
//	__Host-oauth-…           binds one OAuth state to this browser, 10 minutes
//	__Host-classbridge-link  who has just signed in to the chat, until the link is confirmed
//
// A page says whose it is by a short code in its forms: should the cookie have
// become another person's meanwhile, what the page asks for is refused.
//
// # Without cookies
//
// Where a browser keeps no cookies for a page in another site's frame, not even
// partitioned ones, is found out at the login, before the LMS's request is spent:
//
//	login    a frame without lti.ProbeCookie gets a page, whose script looks for that cookie and goes on to the LMS
//	storage  no cookie, but the LMS's page keeps values: the proof is put there, asked for by the page that answers
//	         /lti/launch, and posted by it; then the room's page carries the session
//	window   neither: the login begins anew in a window of its own, where cookies are kept
//
// A page that carries its session has it in its forms, as field session, and its
// script sends it as a bearer token: never in an address. Nothing of that
// concerns the handler of a page as long as it
//
//   - finds out who asks by visit, visitByForm or visitByQuery,
//   - answers what was posted by seeOther, which shows the page at once, or by render,
//   - has the field whose in each form that it is sent back by, and links its pages
//     by plain <a href>.
//
// render puts the session into the forms and makes buttons of the links, which
// POST /rooms/:room/page with the address as field to. A form that gets is not
// helped: filter by links.
//
// # Errors
//
// Handlers return them. errors.go alone turns them into a status code, a page
// and one line in the log, joined by a reference that the person can read out.
package web
