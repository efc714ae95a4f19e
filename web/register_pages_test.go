package web

import (
	"classbridge/classroom"
	"classbridge/lti"
)

// sampleRegistrations has an LMS of each kind, with names and answers that mean ill.
func sampleRegistrations(base basePage) []samplePage {
	at := addresses{
		Register: "https://class.example/lti/register/code", Login: "https://class.example/lti/login",
		Launch: "https://class.example/lti/launch", Keys: "https://class.example/lti/jwks",
	}
	invitation := classroom.Invitation{ID: "i", Name: oddName, Pending: true, ExpiresAt: sampleTime}
	lms := &lti.PlatformConfiguration{
		Issuer: "https://lms.example/" + oddName, AuthURL: "https://lms.example/auth", Audience: "https://lms.example/" + oddName, Family: oddName, Version: oddName,
	}
	full := &lti.Registration{
		Scopes: []string{lti.ScopeRoster, lti.ScopeScore}, Claims: []string{"sub", "name", "email", "locale"},
		Messages: []lti.RegisteredMessage{{Type: lti.ResourceLinkRequest}, {Type: lti.DeepLinkingRequest, Placements: []string{oddName}}},
		Custom:   map[string]string{"timezone": "$Person.address.timezone"},
	}
	offer := offerPage{basePage: base, Offer: classroom.Offer{Invitation: invitation, LMS: lms, Registration: full}, Proof: "p", Changed: true, Action: "/a", Addresses: at}
	bare := offer
	bare.LMS, bare.Registration, bare.Invitation, bare.Changed = &lti.PlatformConfiguration{Issuer: "https://lms.example"}, &lti.Registration{}, classroom.Invitation{}, false
	pages := []samplePage{
		{"register", "register", offer},
		{"register-bare", "register", bare},
		{"register-how", "register_how", invitedPage{base, invitation, at}},
		{"message-lms", "message", messagePage{basePage: base, Heading: base.Text("error.register_refused"), Said: oddName}},
	}
	for i, family := range []string{"moodle", "canvas", "desire2learn", "sakailms.org", "other"} {
		p := classroom.Platform{Name: oddName, Pending: i == 1, Disabled: i == 2, Progress: classroom.Progress{RegisteredAt: sampleTime}}
		p.Issuer, p.ClientID, p.Family = "https://lms.example", oddName, family
		p.NewDeployments = classroom.DeploymentFirst
		pages = append(pages, samplePage{"register-done-" + family, "register_done", registeredPage{base, p, i == 3, at}})
	}
	return pages
}
