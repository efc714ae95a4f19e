// Package e2e tests the whole program against real parts: PostgreSQL, the
// Mattermost server and Chromium (package parts), with the LMS and the
// BigBlueButton server played by ltitest and bbbtest. Package program runs the
// built binary at such a school and watches, holds back or loses whatever the
// parts say to each other.
//
//	story_test.go     the main job in browsers, on both databases, with and without third-party cookies
//	pages_test.go     every page of a course in the demo, light and dark, on a desk and on a phone, looked at by axe-core;
//	                  pages_doors_test.go: those of admins, of the course editor, and of refusals
//	doors_test.go     the ways in without third-party cookies: partitioned ones, the LMS's storage, a window; hostile pages
//	register_test.go  an LMS registers itself in a frame and in a window, by keyboard; the invitation works once
//	secrets_test.go   after each story: no secret in any answer, header, post, log line or table
//	secrets_access_test.go  the same for what opens the LMS's services, invitations and addresses of e-mail
//	kill_test.go      kill -9 at each step between the click and the last post
//	services_kill_test.go  kill -9 while rosters are read and grades are sent
//	chaos_test.go     a hundred random kills of two processes while classes start and end
//	outage_test.go    the database, or Mattermost, away for a while
//	replicas_test.go  sixty people clicking at once on two processes
//	upgrade_test.go   the program of an earlier commit is upgraded in the middle of a class, and taken back
//	console_mattermost_test.go  an admin looks after the real Mattermost by keyboard alone
//	live_test.go      the open page behind a buffering proxy, and across a restart
//
// These tests have the build tag e2e and are run by `make test`, which
// installs, builds and starts what they need. By hand, for one of them:
//
//	export CLASSBRIDGE_TEST_MATTERMOST="$(e2e/mattermost.sh)" CLASSBRIDGE_TEST_AXE="$(e2e/axe.sh)"
//	e2e/postgres.sh with go test -tags e2e -run TestStory -v ./e2e/
//
// CLASSBRIDGE_TEST_SCREENSHOTS names a folder for pictures of the pages. The
// tests without the tag, such as the one of the import rules, need only Go.
package e2e
