package ltitest

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	deepLinking      = "https://purl.imsglobal.org/spec/lti-dl/claim/"
	deepLinkingClaim = deepLinking + "deep_linking_settings"
)

func (l *LMS) routeDeepLinking() {
	if l.Profile.DeepLinking != nil {
		l.handle("deep-link", "GET /deep-link", l.serveDeepLink)
		l.handle("deep-link-return", "POST /deep-link/return", l.receiveContent)
	}
}

// deepLinkingSettings have a return address that works once (Deep Linking §3.4.1).
func (v visit) deepLinkingSettings() map[string]any {
	l, form := v.lms, v.lms.Profile.DeepLinking
	key := rand.Text()
	l.choices.put(key, opening{Person: v.person.Sub, Course: v.course.ID})
	query := url.Values{"course": {l.ContextID(v.course.ID)}, "sesskey": {key}}
	settings := map[string]any{
		"deep_link_return_url":                 l.at("/deep-link/return?" + query.Encode()),
		"accept_types":                         []string{"ltiResourceLink"},
		"accept_presentation_document_targets": []string{"frame", "iframe", "window"},
		"accept_multiple":                      !form.Single,
		"auto_create":                          false,
		"title":                                "Classroom",
		"text":                                 "",
	}
	if form.LineItems && !form.SilentLineItems {
		settings["accept_lineitem"] = true
	}
	if form.Data != "" {
		settings["data"] = form.Data
	}
	return settings
}

// content is what the tool answers (Deep Linking §3.4.2).
type content struct {
	Issuer     string   `json:"iss"`
	Audience   audience `json:"aud"`
	Expires    int64    `json:"exp"`
	IssuedAt   int64    `json:"iat"`
	Nonce      string   `json:"nonce"`
	Message    string   `json:"https://purl.imsglobal.org/spec/lti/claim/message_type"`
	Version    string   `json:"https://purl.imsglobal.org/spec/lti/claim/version"`
	Deployment string   `json:"https://purl.imsglobal.org/spec/lti/claim/deployment_id"`
	Data       *string  `json:"https://purl.imsglobal.org/spec/lti-dl/claim/data"`

	Items *[]contentItem `json:"https://purl.imsglobal.org/spec/lti-dl/claim/content_items"`
}

type contentItem struct {
	Type, Title, Text, URL string

	Custom   map[string]string
	LineItem *struct {
		Label, ResourceID, Tag string

		ScoreMaximum float64
	}
}

// receiveContent is POST /deep-link/return?sesskey=: it makes links of what the tool
// has signed.
func (l *LMS) receiveContent(w http.ResponseWriter, r *http.Request) {
	chosen, known := l.choices.take(r.URL.Query().Get("sesskey"))
	if !known {
		http.Error(w, "this page has been used", http.StatusForbidden)
		return
	}
	payload, err := l.fromTool(r.Context(), r.PostFormValue("JWT"))
	if err != nil {
		http.Error(w, "not signed by the tool: "+err.Error(), http.StatusBadRequest)
		return
	}
	var c content
	if err := json.Unmarshal(payload, &c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := l.checkContent(c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, item := range *c.Items {
		l.AddLink(l.linkOfContent(item, chosen.Course))
	}
	_, _ = io.WriteString(w, strconv.Itoa(len(*c.Items))+" added")
}

func (l *LMS) checkContent(c content) error {
	now, form := l.Now().Unix(), l.Profile.DeepLinking
	switch {
	case c.Issuer != l.ClientID || !slices.Equal(c.Audience, audience{l.Issuer}):
		return fmt.Errorf("iss %q, aud %q", c.Issuer, c.Audience)
	case c.Expires <= now || c.IssuedAt > now || c.IssuedAt == 0:
		return fmt.Errorf("iat %d, exp %d", c.IssuedAt, c.Expires)
	case c.Nonce == "" || l.tokens.spend("nonce "+c.Nonce):
		return errors.New("nonce was used, or is missing")
	case c.Message != "LtiDeepLinkingResponse" || c.Version != "1.3.0" || c.Deployment != l.DeploymentID:
		return fmt.Errorf("message %q of version %q for deployment %q", c.Message, c.Version, c.Deployment)
	case (c.Data == nil) != (form.Data == "") || c.Data != nil && *c.Data != form.Data:
		return errors.New("data is not what was sent")
	case c.Items == nil || form.Single && len(*c.Items) > 1:
		return errors.New("content_items is missing, or has too many")
	}
	for _, item := range *c.Items {
		if err := l.checkItem(item); err != nil {
			return err
		}
	}
	return nil
}

func (l *LMS) checkItem(i contentItem) error {
	if i.Type != resourceLinkType || !l.toolsOwn(i.URL) {
		return fmt.Errorf("item of type %q at %q", i.Type, i.URL)
	}
	for name, value := range i.Custom {
		if strings.ContainsAny(name+value, "\r\n") {
			return fmt.Errorf("custom parameter %q has several lines", name)
		}
	}
	if i.LineItem != nil && (!l.Profile.DeepLinking.LineItems || i.LineItem.ScoreMaximum <= 0) {
		return errors.New("line item is not wanted, or has no scoreMaximum")
	}
	return nil
}

const resourceLinkType = "ltiResourceLink"

func (l *LMS) linkOfContent(i contentItem, course string) Link {
	k := Link{
		ID: "picked-" + strings.ToLower(rand.Text()[:8]), Title: i.Title, Description: i.Text, CourseID: course, URL: i.URL, Custom: i.Custom,
	}
	if i.LineItem != nil {
		k.LineItem = &LineItem{
			Label: i.LineItem.Label, ResourceID: i.LineItem.ResourceID, Tag: i.LineItem.Tag, ScoreMaximum: i.LineItem.ScoreMaximum,
		}
	}
	return k
}

// Picked are the links that deep linking has made in a course.
func (l *LMS) Picked(course string) []Link {
	return slices.DeleteFunc(l.LinksOf(course), func(k Link) bool { return !strings.HasPrefix(k.ID, "picked-") })
}
