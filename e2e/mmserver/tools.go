//go:build tools

// Package mmserver pins the Mattermost server that the end-to-end tests run.
//
// It is a module of its own so that nothing of the server, which is AGPL, can
// be linked into Classbridge. ../mattermost.sh builds it.
package mmserver

import _ "github.com/mattermost/mattermost/server/v8/cmd/mattermost"
