// Package lti is the tool's side of LTI 1.3: it starts the login that a platform
// asks for, verifies the launch that comes back, keeps both sides' keys, and speaks
// to the platform's services.
//
//	tool := &lti.Tool{URL: "https://class.example", Platforms: store, Keys: keys, Secret: secret}
//	login, err := tool.Login(ctx, form, cookies)   // GET or POST /lti/login: set login.Cookies, 302 to login.URL
//	launch, err := tool.Verify(ctx, form, cookies) // POST /lti/launch: set launch.Cookies, use launch
//
// # The flow
//
//  1. The platform sends the browser to /lti/login with iss, login_hint and
//     target_link_uri (Security Framework 1.0 §5.1.1.1). Login finds the
//     registration, makes a state and a nonce, and answers with the address of
//     the platform's authorization endpoint and one cookie for this state.
//     Nothing is written: the state carries what must be remembered, signed.
//  2. The platform answers with a form posted to /lti/launch: id_token and state
//     (§5.1.1.3). Verify checks, cheapest first: the envelope, the state, that
//     this browser holds the state's cookie, the claims that need no key, the
//     key, the signature, and every claim that LTI demands (LTI Core 1.3 §5.3).
//  3. The caller decides what only it can know: it uses the Nonce up with a
//     write of its own that fails the second time (§5.1.3), approves the
//     DeploymentID, and makes people and rooms of the rest.
//
// Where a browser keeps no cookies in frames, a page between login and platform
// leaves the proof in the platform's own page instead (see Storage), and
// VerifyStored takes the place of Verify.
//
// # Beside launches
//
// A Registrar makes the registration, from what the platform says of itself
// (Dynamic Registration 1.0). SignDeepLinking answers a DeepLinkingRequest with
// the rooms that were chosen (Deep Linking 2.0). VerifyNotice checks what the
// platform tells without anybody's browser (Platform Notification Service 1.0).
// Services calls the platform: its roster, gradebook and groups.
//
// # Errors
//
// Whatever is wrong with what the browser or the platform sent is an *Error,
// with a Reason that stays the same from version to version and says which HTTP
// status to answer. Its text is for the log: it holds no token, state, nonce or
// secret. Any other error is a failure of Platforms. A Registrar's are
// *RegistrationError, those of Services *ServiceError.
//
// # What is not here
//
// Which role may do what: ParseRole says what a role is, not what it is worth.
// Outbound connections: Keys, Registrar and Services ask with the clients that
// they are given, and these must refuse to dial where a tool has no business
// (private addresses).
package lti
