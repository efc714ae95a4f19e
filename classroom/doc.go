// Package classroom is what Classbridge does, without saying with which
// database, web framework or chat it is done.
//
// The nouns: a Tenant is a school. A Platform is one registration of an LMS,
// with its Deployments. A Course is the LMS's context; a Room is one resource
// link of it, and at most one Meeting is open in a room at a time. A Person is
// one subject of one registration; an Enrolment says what that person may do
// in one course. A meeting leaves Recordings. An Announcement is a post in the
// course's channel that follows the truth until nothing changes any more.
//
// The way of one click, in the order of the files:
//
//	enter.go      a verified launch becomes a Visit: course, room, person, role
//	copy.go       what a copied course and its rooms were made of
//	view.go       what the room page shows to this visit
//	ticket.go     leaving the LMS's frame: one person, one room, one act, one use
//	start.go      one meeting a room, however many click
//	join.go       may this person enter? the signed BigBlueButton URL
//	reconcile.go  what BigBlueButton says now, written down: somebody inside, ended
//	announce.go   the post that shows it, sent once, edited afterwards
//	recordings.go published, hidden, deleted, overdue; announced once
//	gochat.go     the way in for a member of the course's channel
//	placement.go  a teacher chooses rooms from inside the LMS's course editor
//
// Beside the clicks:
//
//	roster_pass.go  the LMS's list of a course's members, read page by page
//	roster_enrol.go what it makes of those whom it lists
//	roster_end.go   and of those whom it does not
//	expel.go        out of the channel, with the enrolment
//	group_room.go   a room for each group of the course
//	attendance.go   minutes inside, by looks or by BigBlueButton's own report
//	grade_send.go   which become grades in the LMS, each person's by itself
//	register.go     an LMS registers itself by an invitation
//	server_try.go   a BigBlueButton server is tried before it is believed to work
//	retire.go       old recordings are warned of, hidden, deleted
//	quota.go        what a school may use at a time, asked at the click
//	maintenance.go  when no class starts
//	keyring.go      the keys that we sign with, and their rotation
//	adopt.go        courses move to another registration, and back
//
// Work that must not be lost is named by plain values (work.go) and enqueued in
// the transaction that writes the fact calling for it.
package classroom
