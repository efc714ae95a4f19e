package lti

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The notices that we know (Platform Notification Service §4).
const (
	HelloWorldNotice  = "LtiHelloWorldNotice"  // that the handler is there
	ContextCopyNotice = "LtiContextCopyNotice" // a course was copied
)

// Notice is a verified message of a platform that no person's browser has
// carried (Platform Notification Service §3.4).
type Notice struct {
	Platform     Platform
	DeploymentID string
	ID, Type     string
	Timestamp    time.Time // when it happened; zero if the platform does not say

	Nonce        string    // the caller must use it up, once, in a write of its own
	NonceExpires time.Time // from then on a replay is refused without looking

	Context        *Context // the course; in a ContextCopyNotice the copy
	OriginContexts []string // ids of what was copied
}

const (
	maxNotices = 100 // in one delivery

	// maxNoticeAge bounds how long nonces of notices must be remembered,
	// whatever exp the platform gives them.
	maxNoticeAge = 24 * time.Hour
)

// ParseNotices returns the tokens of one delivery, POST /lti/notices. The size
// of body is the caller's to limit.
func ParseNotices(body []byte) ([]string, error) {
	var delivery struct {
		Notices []struct {
			JWT text `json:"jwt"`
		} `json:"notices"`
	}
	if err := json.Unmarshal(body, &delivery); err != nil {
		return nil, refuse(NoticesMalformed, "notices: %w", err)
	}
	if n := len(delivery.Notices); n == 0 || n > maxNotices {
		return nil, refuse(NoticesMalformed, "%d notices in one delivery", n)
	}
	tokens := make([]string, len(delivery.Notices))
	for i, n := range delivery.Notices {
		tokens[i] = string(n.JWT)
	}
	return tokens, nil
}

// VerifyNotice checks one token of a delivery as Verify does that of a launch.
// What is missing here is a login: the registration is found by what the token
// says of itself, which is believed only when the registered keys have signed it.
func (t *Tool) VerifyNotice(ctx context.Context, token string) (*Notice, error) {
	tok, err := parseToken(token)
	if err != nil {
		return nil, err
	}
	p, err := t.noticed(ctx, &tok.claims)
	if err != nil {
		return nil, err
	}
	if err := t.checkNoticeClaims(&tok.claims, p); err != nil {
		return nil, of(p.ID, err)
	}
	if err := t.checkSignature(ctx, token, tok, p); err != nil {
		return nil, of(p.ID, err)
	}
	n, err := tok.notice(p)
	if err != nil {
		return nil, of(p.ID, err)
	}
	n.NonceExpires = earlier(tok.claims.Expires.time, tok.claims.IssuedAt.time.Add(maxNoticeAge)).Add(t.leeway())
	return n, nil
}

// noticed finds the registration by issuer and client.
func (t *Tool) noticed(ctx context.Context, c *claims) (Platform, error) {
	issuer, clients := string(c.Issuer), c.Audience.items
	if c.AuthorizedParty != nil {
		clients = []string{string(*c.AuthorizedParty)}
	}
	if issuer == "" || !registrable(issuer) {
		return Platform{}, refuse(PlatformUnknown, "iss of %d bytes %s", len(issuer), shown(issuer))
	}
	found, err := t.Platforms.FindPlatforms(ctx, issuer, "")
	if err != nil {
		return Platform{}, fmt.Errorf("lti: find platform: %w", err)
	}
	for _, p := range found {
		if p.Issuer == issuer && slices.Contains(clients, p.ClientID) {
			return p, nil
		}
	}
	return Platform{}, refuse(PlatformUnknown, "iss %s aud %s", shown(issuer), shownAll(clients))
}

// checkNoticeClaims are the checks that need no key (Security Framework §5.1.3).
func (t *Tool) checkNoticeClaims(c *claims, p Platform) error {
	if err := checkAudience(c, p.ClientID); err != nil {
		return err
	}
	if err := t.checkDates(c, t.now().Add(-maxNoticeAge)); err != nil {
		return err
	}
	switch {
	case c.Nonce == "":
		return refuse(NonceMissing, "no nonce")
	case !identifier(string(c.Nonce)):
		return refuse(NonceMismatch, "the nonce has %d bytes, or control characters", len(c.Nonce))
	case c.MessageType != "":
		return refuse(NoticeInvalid, "a message of type %s, not a notice", shown(string(c.MessageType)))
	}
	return checkVersion(c)
}

// noticeClaims are those that launches do not have.
type noticeClaims struct {
	Notice object[struct {
		ID        text `json:"id"`
		Type      text `json:"type"`
		Timestamp text `json:"timestamp"`
	}] `json:"https://purl.imsglobal.org/spec/lti/claim/notice"`
	OriginContexts list `json:"https://purl.imsglobal.org/spec/lti/claim/origin_contexts"`
}

// notice reads what was signed.
func (tok *token) notice(p Platform) (*Notice, error) {
	var extra noticeClaims
	if err := json.Unmarshal(tok.payload, &extra); err != nil {
		return nil, refuse(TokenMalformed, "payload: %w", err)
	}
	v, c := extra.Notice.set, &tok.claims
	switch {
	case v == nil:
		return nil, refuse(NoticeMissing, "no notice claim")
	case !identifier(string(v.ID)) || !identifier(string(v.Type)):
		return nil, refuse(NoticeInvalid, "notice has an id of %d and a type of %d bytes", len(v.ID), len(v.Type))
	case v.Type == ContextCopyNotice && c.Context.set == nil:
		return nil, refuse(NoticeInvalid, "%s without a context", ContextCopyNotice)
	}
	n := &Notice{
		Platform: p, DeploymentID: string(*c.DeploymentID), ID: string(v.ID), Type: string(v.Type),
		Nonce: string(c.Nonce), Context: c.context(),
	}
	// Only told to people: a notice without it is as good.
	n.Timestamp, _ = time.Parse(time.RFC3339, string(v.Timestamp))
	for _, id := range extra.OriginContexts.items {
		if identifier(id) {
			n.OriginContexts = append(n.OriginContexts, id)
		}
	}
	return n, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
