// Package bridgetest is a small Mattermost server: the part of its REST API v4
// that package bridge uses, with the quirks that a real one (11.4) showed, its
// OAuth provider, and a page that shows a channel. Tests use it to make faults
// that a real server cannot be asked for, `classbridge demo` as its chat. The
// tests of package bridge run against this and against the real server alike.
//
//	s := bridgetest.New(bridgetest.Config{URL: "http://chat.localhost:8004"})
//	team := s.AddTeam("school")
//	anna := s.AddUser(bridgetest.User{Username: "anna", Email: "anna@example.org"})
//	s.AddMember(team, anna)
//	bot := s.AddBot("classbridge", team)         // has a Token
//	app := s.AddApp("http://tool.localhost:8001/mattermost/oauth")
package bridgetest
