// Package ltitest is an LMS as an http.Handler: it starts launches, answers the
// tool's login with a signed id_token, and publishes its keys. Tests use it, and
// so does `classbridge demo`, as its LMS.
//
//	lms, err := ltitest.New(ltitest.Config{URL: lmsServer.URL, ToolURL: toolServer.URL})
//	browser := ltitest.NewBrowser(http.DefaultClient)
//	answer, err := browser.Launch(ctx, lmsServer.URL, "teacher", "room-1")
//
// Its addresses:
//
//	GET       /launch?person=&link=  a form that posts the login initiation to the tool
//	GET, POST /auth                  the authorization endpoint: a form that posts id_token and state
//	GET       /jwks                  the platform's keys
//
// What it sends has the form of Moodle's launches. It asks nobody for a password:
// it must not listen where others can reach it.
package ltitest
