// Package doctor is the acceptance test of an installation: it looks at every part
// that a class needs, from the outside in, and says of each what is so, why, and
// what to do. The command `classbridge doctor` and the console's page run the same
// checks, and the set-up path calls single ones.
//
//	address.go    the public address: name, certificate, the way from http to https
//	probe.go      does this very installation answer there, and what does it see of who asks
//	stream.go     do live pages pass the proxy one event at a time
//	clock.go      do our clock and those of the others agree
//	database.go   the database, its tables, the master key, the disk, the work that waits
//	bbb.go        a signed call to each BigBlueButton server
//	lms.go        each platform's keys and token endpoint, what waits for approval
//	chat.go       Mattermost, as its bot sees it
//	rehearsal.go  a class from its creation to its end, and a post: only when asked for
//
// A check is a method that answers a Result, bounded in time by itself. Run does all
// of them, side by side where they do not need each other.
//
// No result holds a secret: values are addresses, names and numbers, and whatever
// else an error tells passes the fence of redact.go.
package doctor
