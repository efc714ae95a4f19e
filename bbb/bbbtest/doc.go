// Package bbbtest is a BigBlueButton server in memory: the API with its checksums
// and its habits, the callbacks, and pages on which people meet in a browser. The
// tests of the client, of the whole program and its try-it-out world run on it.
//
//	s := bbbtest.New(bbbtest.Config{Secrets: []string{"secret"}})
//	http.Handle("/", s)
//
// Addresses:
//
//	/bigbluebutton/api/...      the API; join enters and redirects to the meeting
//	/meeting/{session}          the meeting as one person sees it
//	/playback/{recordID}        a recording
//
// With Config.Scalelite it answers as a pool behind Scalelite does. It is written
// from the API's documentation and shares no code with the client, so that an
// error in one is not an error in both.
//
// Nothing happens between requests unless Run is running or Tick is called: then
// meetings expire, recordings are published, and callbacks go out.
package bbbtest
