//go:build e2e

package e2e_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// TestSignIn: an owner makes the first account and signs in by each of the ways
// that there are, with the keyboard alone. No page keeps anybody out, and the
// browser has nothing to complain about.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, NoChat: true, Database: parts.Postgres(t)})
	d := &door{t, s, parts.Chromium(t, blocking)}
	complaints := parts.WatchConsole(d.tab)
	d.firstAccount()
	d.byPassword()
	d.byPasskey()
	d.byProvider()
	d.manageAccounts()
	for _, p := range complaints.Problems() {
		if !strings.Contains(p, "422 (Unprocessable Entity)") { // wrong passwords are to be refused
			t.Errorf("the browser complains: %s", p)
		}
	}
	for _, secret := range []string{signInPassword, idpSecret} {
		if strings.Contains(s.Output.String(), secret) {
			t.Errorf("the program has printed %q", secret)
		}
	}
}

const signInPassword = "maple gantry 47 violins"

// door is an owner's browser.
type door struct {
	*testing.T
	s   *program.School
	tab context.Context
}

func (d *door) open(path, selector string) {
	d.Helper()
	parts.Run(d, d.tab, chromedp.Navigate(d.s.URL+path))
	visible(d.T, d.tab, selector)
}

// press presses a button, and waits for what its page leads to.
func (d *door) press(button, selector string) {
	d.Helper()
	parts.Press(d, d.tab, button)
	visible(d.T, d.tab, selector)
}

func (d *door) signOut() {
	d.Helper()
	d.open("/console/account", "#sign-out")
	d.press("#sign-out", "#by-password")
}

func (d *door) usable(name string) {
	d.Helper()
	usable(d.T, d.tab, "console-"+name)
}

func (d *door) firstAccount() {
	d.Helper()
	link := regexp.MustCompile(`https?://\S+/console/welcome/\S+`).FindString(d.s.Output.String())
	if link == "" {
		d.Fatalf("no link was printed:\n%s", d.s.Output)
	}
	parts.Run(d, d.tab, chromedp.Navigate(link))
	visible(d.T, d.tab, "#passkey") // its script has found that the browser can
	parts.Type(d, d.tab, "#name", "Olga Owner")
	parts.Type(d, d.tab, "#email", "olga@example.org")
	parts.Type(d, d.tab, "#password", "passwordpassword")
	d.press("#continue", "#password-wrong")
	d.usable("welcome-wrong")
	parts.Type(d, d.tab, "#password", signInPassword)
	d.press("#continue", "#content")
}

// byPassword signs out and in again, to the page that was asked for.
func (d *door) byPassword() {
	d.Helper()
	d.signOut()
	d.open("/console/accounts", "#by-password")
	d.usable("sign-in")
	parts.Type(d, d.tab, "#email", "olga@example.org")
	parts.Type(d, d.tab, "#password", "wrong")
	d.press("#sign-in", "#wrong")
	d.usable("sign-in-wrong")
	parts.Type(d, d.tab, "#password", signInPassword)
	d.press("#sign-in", "#accounts")
}

// byPasskey makes a passkey on a device of the browser and signs in by it.
func (d *door) byPasskey() {
	d.Helper()
	parts.Run(d, d.tab, webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	d.open("/console/account", "#add-passkey")
	d.press("#add-passkey", "#passkey")
	d.usable("passkey")
	parts.Type(d, d.tab, "#name", "Laptop")
	d.press("#passkey", "#passkeys")
	d.usable("account")
	d.signOut()
	d.press("#passkey", "#content")
	d.signOut()
}

// manageAccounts invites somebody and changes what they may do.
func (d *door) manageAccounts() {
	d.Helper()
	d.open("/console/accounts", "#invite")
	d.usable("accounts")
	d.press("#invite", "#make")
	parts.Type(d, d.tab, "#email", "lin@example.org")
	parts.Type(d, d.tab, "#name", "Lin")
	d.usable("invite")
	d.press("#make", "#link")
	d.usable("invited")
	d.open("/console/accounts", `th a`)
	d.press(`tr:first-child th a`, "#disable")
	d.usable("one-account")
	d.open("/console/account/password", "#password")
	d.usable("password")
	d.open("/console/prove", "#prove")
	d.usable("prove")
}
