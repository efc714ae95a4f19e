// Package bbb speaks to a BigBlueButton server, or to a pool behind Scalelite,
// in the direction that a tool needs: it creates meetings, signs join addresses,
// looks at meetings and recordings, and verifies what the server calls back.
//
//	c := &bbb.Client{URL: "https://bbb.example/bigbluebutton/", Secrets: []string{secret}}
//	made, err := c.Create(ctx, bbb.CreateRequest{MeetingID: id, Name: "Algebra", AttendeePW: a, ModeratorPW: m})
//	url, err := c.JoinURL(bbb.JoinRequest{MeetingID: id, CreateTime: made.CreateTime, FullName: "Ada", Role: bbb.Moderator})
//
// One Client serves one server for as long as the program runs: it holds the
// connections, a limit on parallel calls, and a memory of which calls fail.
//
// # What is secret
//
// A signed address is valid for ever, whoever holds it; so are the passwords in
// the replies of getMeetingInfo, the join addresses, and the playback addresses
// of a protected recording. None of them may be logged, stored or posted. Errors
// of this package hold none of them, and a Client prints without its secrets.
//
// # What is true
//
// Callbacks can be lost, repeated and (those on the end of a meeting) forged:
// treat them as a hint to look. A meeting that is "not found" behind a pool may
// still run: ask again a minute later before believing it. create is repeatable
// as long as both passwords stay the same. A recording is ready when
// Recordings says Published, and may gain formats later. An analytics report is
// true of the meeting whose secret address it came to, if it names that meeting,
// and only the first one is.
//
// The API is described at https://docs.bigbluebutton.org/development/api/.
package bbb
