package lti

import (
	"crypto/hmac"
	"slices"
	"time"
)

// checkRegistered checks the claims of OpenID Connect in the order of Security
// Framework §5.1.3. They need no key: a token that is not meant for us, is old,
// or answers another login costs no signature check and no fetch.
func (t *Tool) checkRegistered(c *claims, p Platform, s state) error {
	// The registration is the one that the login was for: an answer by another
	// platform, or for another client of the same one, ends here.
	if string(c.Issuer) != p.Issuer {
		return refuse(IssuerMismatch, "iss %s, registered is %s", shown(string(c.Issuer)), shown(p.Issuer))
	}
	if err := checkAudience(c, p.ClientID); err != nil {
		return err
	}
	if err := t.checkDates(c, s.issued); err != nil {
		return err
	}
	if err := checkNonce(c, s.nonce()); err != nil {
		return err
	}
	return checkSubject(c, p)
}

func checkAudience(c *claims, clientID string) error {
	aud := c.Audience.items
	switch {
	case c.Audience.invalid || !slices.Contains(aud, clientID):
		return refuse(AudienceMismatch, "aud %s, our client_id is %s", shownAll(aud), shown(clientID))
	case c.AuthorizedParty != nil && string(*c.AuthorizedParty) != clientID:
		return refuse(PartyMismatch, "azp %s, our client_id is %s", shown(string(*c.AuthorizedParty)), shown(clientID))
	case len(aud) > 1 && c.AuthorizedParty == nil:
		return refuse(PartyMissing, "aud %s and no azp", shownAll(aud))
	case slices.ContainsFunc(aud, func(a string) bool { return a != clientID }):
		return refuse(AudienceUntrusted, "aud %s", shownAll(aud))
	}
	return nil
}

// checkDates allows for clocks that disagree by the leeway. A launch cannot be
// older than the login that it answers, which makes it ten minutes old at most.
func (t *Tool) checkDates(c *claims, notBefore time.Time) error {
	now, leeway := t.now(), t.leeway()
	switch {
	case c.Expires.invalid || c.IssuedAt.invalid || c.NotBefore.invalid:
		return refuse(DateInvalid, "exp, iat or nbf is not a date")
	case !c.Expires.present:
		return refuse(ExpiryMissing, "no exp")
	case !c.IssuedAt.present:
		return refuse(IssuedMissing, "no iat")
	case !now.Add(-leeway).Before(c.Expires.time):
		return refuse(Expired, "exp %s, now %s", utc(c.Expires.time), utc(now))
	case c.IssuedAt.time.After(now.Add(leeway)):
		return refuse(IssuedInFuture, "iat %s, now %s", utc(c.IssuedAt.time), utc(now))
	case c.IssuedAt.time.Before(notBefore.Add(-leeway)):
		return refuse(IssuedTooEarly, "iat %s, cannot be before %s", utc(c.IssuedAt.time), utc(notBefore))
	case c.NotBefore.present && c.NotBefore.time.After(now.Add(leeway)):
		return refuse(NotYetValid, "nbf %s, now %s", utc(c.NotBefore.time), utc(now))
	}
	return nil
}

func checkNonce(c *claims, want string) error {
	switch {
	case c.Nonce == "":
		return refuse(NonceMissing, "no nonce")
	case !hmac.Equal([]byte(c.Nonce), []byte(want)):
		return refuse(NonceMismatch, "the nonce is not the one of this login")
	}
	return nil
}

// checkSubject: launches without a subject are allowed by LTI Core §5.3.6.1,
// refused by the certification suite, and accepted by us only where the
// registration says so.
func checkSubject(c *claims, p Platform) error {
	switch {
	case c.Subject == nil && !p.AllowAnonymous:
		return refuse(SubjectMissing, "no sub, and the registration does not allow anonymous launches")
	case c.Subject != nil && !identifier(string(*c.Subject)):
		return refuse(SubjectInvalid, "sub has %d bytes, or is not a string of characters", len(*c.Subject))
	}
	return nil
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func shownAll(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	s := shown(words[0])
	if len(words) > 1 {
		s += " and others"
	}
	return s
}
