// Package e2e tests the whole program against real parts: PostgreSQL, the
// Mattermost server and Chromium (package parts), with the LMS and the
// BigBlueButton server played by ltitest and bbbtest.
//
// These tests have the build tag e2e and are run by `make test`, which
// installs, builds and starts what they need. The tests without the tag, such
// as the one of the import rules, need only Go.
package e2e
