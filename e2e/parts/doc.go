// Package parts gives tests the real programs that Classbridge works with:
// databases on a PostgreSQL server, Mattermost servers, and Chromium browsers.
// Each is torn down when the test ends.
//
// It finds them by two variables, which `make test` sets:
//
//	CLASSBRIDGE_TEST_POSTGRES    address of a PostgreSQL server, as one who may create databases
//	CLASSBRIDGE_TEST_MATTERMOST  folder of a built Mattermost server (e2e/mattermost.sh)
//
// A part that is missing fails the test; nothing is ever skipped.
package parts
