package lti

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"time"
)

// DeepLinkingResponse is what a person has chosen to put into the course: the
// answer to a DeepLinkingRequest (Deep Linking §3.4.2). Without Items it says
// that nothing was chosen, which platforms want to hear too.
type DeepLinkingResponse struct {
	Platform     Platform
	DeploymentID string        // of the launch
	Data         *string       // of the launch: goes back as it came, nil if none came (§4.4.5)
	Items        []ContentItem // at most one unless the launch has AcceptMultiple

	Message, ErrorMessage string // for the person, shown by the platform; may be empty
}

// ContentItem is a link to this tool (Deep Linking §3.2.2, ltiResourceLink: the
// one type that every platform takes).
type ContentItem struct {
	Title, Text string
	URL         string            // target_link_uri of its launches; the tool's own if empty
	Custom      map[string]string // come back, signed, with each launch
	LineItem    *ContentLineItem  // nil without a grade, or where the launch has no AcceptLineItem
	IconURL     string
}

// ContentLineItem asks for a column in the gradebook.
type ContentLineItem struct {
	Label, ResourceID, Tag string
	ScoreMaximum           float64
}

const deepLinkingLife = 5 * time.Minute

type deepLinkingResponseClaims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
	IssuedAt int64  `json:"iat"`
	Nonce    string `json:"nonce"`

	MessageType  string `json:"https://purl.imsglobal.org/spec/lti/claim/message_type"`
	Version      string `json:"https://purl.imsglobal.org/spec/lti/claim/version"`
	DeploymentID string `json:"https://purl.imsglobal.org/spec/lti/claim/deployment_id"`

	Data         *string           `json:"https://purl.imsglobal.org/spec/lti-dl/claim/data,omitempty"`
	Items        []contentItemJSON `json:"https://purl.imsglobal.org/spec/lti-dl/claim/content_items"`
	Message      string            `json:"https://purl.imsglobal.org/spec/lti-dl/claim/msg,omitempty"`
	ErrorMessage string            `json:"https://purl.imsglobal.org/spec/lti-dl/claim/errormsg,omitempty"`
}

type contentItemJSON struct {
	Type     string            `json:"type"`
	Title    string            `json:"title,omitempty"`
	Text     string            `json:"text,omitempty"`
	URL      string            `json:"url,omitempty"`
	Icon     *iconJSON         `json:"icon,omitempty"`
	Custom   map[string]string `json:"custom,omitempty"`
	LineItem *contentGradeJSON `json:"lineItem,omitempty"`
}

type iconJSON struct {
	URL string `json:"url"`
}

type contentGradeJSON struct {
	ScoreMaximum float64 `json:"scoreMaximum"`
	Label        string  `json:"label,omitempty"`
	ResourceID   string  `json:"resourceId,omitempty"`
	Tag          string  `json:"tag,omitempty"`
}

// SignDeepLinking makes the token that the browser posts, in the field JWT, to
// the launch's ReturnURL (Security Framework §5.2, where the roles of issuer and
// audience are exchanged). It lives for five minutes and names nobody.
func (t *Tool) SignDeepLinking(k ToolKey, r DeepLinkingResponse) (string, error) {
	items := make([]contentItemJSON, 0, len(r.Items)) // an empty list, never null
	for i, item := range r.Items {
		written, err := item.json()
		if err != nil {
			return "", fmt.Errorf("deep linking response: item %d: %w", i+1, err)
		}
		items = append(items, written)
	}
	now := t.now()
	return sign(k, deepLinkingResponseClaims{
		Issuer: r.Platform.ClientID,
		// A lone string: Moodle and others do not understand a list here.
		Audience:     r.Platform.Issuer,
		IssuedAt:     now.Unix(),
		Expires:      now.Add(deepLinkingLife).Unix(),
		Nonce:        randomWord(),
		MessageType:  "LtiDeepLinkingResponse",
		Version:      "1.3.0",
		DeploymentID: r.DeploymentID,
		Data:         r.Data,
		Items:        items,
		Message:      clean(r.Message, maxText),
		ErrorMessage: clean(r.ErrorMessage, maxText),
	})
}

func (i ContentItem) json() (contentItemJSON, error) {
	for name, value := range i.Custom {
		if !parameterName(name) || !sound(value) {
			return contentItemJSON{}, fmt.Errorf("custom parameter %s cannot be kept by every platform", shown(name))
		}
	}
	grade, err := i.LineItem.json()
	if err != nil {
		return contentItemJSON{}, err
	}
	written := contentItemJSON{
		Type: "ltiResourceLink", Title: clean(i.Title, maxTitle), Text: clean(i.Text, maxText), URL: i.URL,
		Custom: i.Custom, LineItem: grade,
	}
	if i.IconURL != "" {
		written.Icon = &iconJSON{URL: i.IconURL}
	}
	return written, nil
}

func (l *ContentLineItem) json() (*contentGradeJSON, error) {
	switch {
	case l == nil:
		return nil, nil
	case !(l.ScoreMaximum > 0) || math.IsInf(l.ScoreMaximum, 0):
		return nil, errors.New("the line item's maximum must be a number above 0") // AGS §3.2.8
	}
	return &contentGradeJSON{
		ScoreMaximum: l.ScoreMaximum, Label: clean(l.Label, maxTitle), ResourceID: l.ResourceID, Tag: l.Tag,
	}, nil
}

// parameterName reports a name that survives: Moodle keeps parameters as lines
// of name=value, and gives the names back in lower case.
func parameterName(s string) bool {
	for _, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && len(s) <= maxWord
}

// randomWord is a nonce of 128 bits.
func randomWord() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
