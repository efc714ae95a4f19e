// Package admin is the console's own domain: who may sign in, what they may do
// there, and what is written down of it. What the product does stays in package
// classroom; the console's pages call both.
//
//	account.go   Account: somebody who signs in to the console of a tenant
//	role.go      Role, Right: what each may do, one table
//	session.go   Session: a browser that is signed in
//	visit.go     Console.Visit: a cookie becomes a Visitor, with the rights of now
//	signin.go    Console.SignIn, enter: whoever has proved who they are gets a session
//	password.go  what is kept of a password, and which are refused
//	backoff.go   Attempts: who guesses waits ever longer
//	passkey.go   Passkey: signing in with WebAuthn
//	sso.go       SSOProvider: the school's own sign-in (OpenID Connect); sso_*.go its steps
//	link.go      SignInLink: the first account, invitations, the way back in
//	prove.go     what changes who can sign in asks for a fresh proof
//	audit.go     AuditEntry: who did what, when, from where; audit_read.go finds them again
//
// An account belongs to one tenant and never sees another's. The one exception is
// the owner of the default tenant, who runs the installation: that one may make
// tenants, and enter one, which is written down there.
package admin
