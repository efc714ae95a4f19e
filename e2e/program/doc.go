// Package program runs the built program as a process, at a school of which
// everything around it is there: an LMS whose course pages frame it, a
// BigBlueButton server, the real Mattermost server, and the proxies between
// them, which remember all that is said and can hold back or lose any of it.
//
//	browser ── front ──────── classbridge serve, one or more
//	              LMS ◀──────────────┤
//	              BigBlueButton ◀────┤  (gate, tape)
//	              Mattermost ◀───────┘  (gate, tape)
//
// The tests of the whole program are written on it; nothing else imports it.
package program
