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
//	GET       /deep-link?person=&course=  the same for choosing content, whose answer goes to
//	POST      /deep-link/return
//	GET       /frame?person=&link=   a page with the tool in a frame, and storage for it
//	POST      /token                 access tokens, for
//	GET       /courses/{course}/members, /courses/{course}/groups
//	GET, POST /courses/{course}/lineitems, and the items below it with scores and results
//	GET, PUT  /notices               where the tool wants notices
//	GET       /openid-configuration  for the tool's own registration, at
//	POST      /register
//
// Its Profile says which LMS it takes after: what it sends, demands and gets wrong
// as that one does. It asks nobody for a password: it must not listen where others
// can reach it.
package ltitest
