package lti

import (
	"cmp"
	"strings"
)

// claims are the ones that we use; others are ignored (LTI Core §5.3.9).
type claims struct {
	Issuer          text        `json:"iss"`
	Audience        list        `json:"aud"`
	AuthorizedParty *text       `json:"azp"`
	Expires         numericDate `json:"exp"`
	IssuedAt        numericDate `json:"iat"`
	NotBefore       numericDate `json:"nbf"`
	Nonce           text        `json:"nonce"`

	Subject    *text `json:"sub"`
	Name       text  `json:"name"`
	GivenName  text  `json:"given_name"`
	FamilyName text  `json:"family_name"`
	Email      text  `json:"email"`
	Locale     text  `json:"locale"`

	Version       text  `json:"https://purl.imsglobal.org/spec/lti/claim/version"`
	MessageType   text  `json:"https://purl.imsglobal.org/spec/lti/claim/message_type"`
	DeploymentID  *text `json:"https://purl.imsglobal.org/spec/lti/claim/deployment_id"`
	TargetLinkURI text  `json:"https://purl.imsglobal.org/spec/lti/claim/target_link_uri"`
	Roles         list  `json:"https://purl.imsglobal.org/spec/lti/claim/roles"`

	Context      object[contextClaim]      `json:"https://purl.imsglobal.org/spec/lti/claim/context"`
	ResourceLink object[resourceLinkClaim] `json:"https://purl.imsglobal.org/spec/lti/claim/resource_link"`
	Presentation object[presentationClaim] `json:"https://purl.imsglobal.org/spec/lti/claim/launch_presentation"`
	LIS          object[lisClaim]          `json:"https://purl.imsglobal.org/spec/lti/claim/lis"`
	ToolPlatform object[toolPlatformClaim] `json:"https://purl.imsglobal.org/spec/lti/claim/tool_platform"`
	Custom       object[map[string]scalar] `json:"https://purl.imsglobal.org/spec/lti/claim/custom"`

	NRPS        object[nrpsClaim]        `json:"https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"`
	AGS         object[agsClaim]         `json:"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"`
	Groups      object[groupsClaim]      `json:"https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"`
	Notices     object[noticesClaim]     `json:"https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"`
	DeepLinking object[deepLinkingClaim] `json:"https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"`
}

type contextClaim struct {
	ID    text `json:"id"`
	Label text `json:"label"`
	Title text `json:"title"`
	Type  list `json:"type"`
}

type resourceLinkClaim struct {
	ID          text `json:"id"`
	Title       text `json:"title"`
	Description text `json:"description"`
}

type presentationClaim struct {
	Locale         text `json:"locale"`
	DocumentTarget text `json:"document_target"`
	ReturnURL      text `json:"return_url"`
}

type lisClaim struct {
	Person   text `json:"person_sourcedid"`
	Section  text `json:"course_section_sourcedid"`
	Offering text `json:"course_offering_sourcedid"`
}

type toolPlatformClaim struct {
	GUID    text `json:"guid"`
	Name    text `json:"name"`
	Family  text `json:"product_family_code"`
	Version text `json:"version"`
}

type nrpsClaim struct {
	URL      text `json:"context_memberships_url"`
	Versions list `json:"service_versions"`
}

type agsClaim struct {
	Scopes    list `json:"scope"`
	LineItems text `json:"lineitems"`
	LineItem  text `json:"lineitem"`
}

type groupsClaim struct {
	Scopes list `json:"scope"`
	URL    text `json:"context_groups_url"`
}

type noticesClaim struct {
	Scopes list `json:"scope"`
	URL    text `json:"platform_notification_service_url"`
	Types  list `json:"notice_types_supported"`
}

type deepLinkingClaim struct {
	ReturnURL       text  `json:"deep_link_return_url"`
	AcceptTypes     list  `json:"accept_types"`
	AcceptTargets   list  `json:"accept_presentation_document_targets"`
	AcceptMediaType text  `json:"accept_media_types"`
	AcceptMultiple  flag  `json:"accept_multiple"`
	AcceptLineItem  flag  `json:"accept_lineitem"`
	AutoCreate      flag  `json:"auto_create"`
	Title           text  `json:"title"`
	Text            text  `json:"text"`
	Data            *text `json:"data"`
}

// Lengths, in characters, that real names and titles do not reach.
const (
	maxName   = 200
	maxTitle  = 255
	maxText   = 2000
	maxWord   = 64
	maxURL    = 4096
	maxCustom = 1 << 16 // a history of copied courses holds up to a thousand ids
)

// launch makes the Launch of claims that have been checked.
func (c *claims) launch(p Platform) *Launch {
	l := &Launch{
		Platform:      p,
		Nonce:         string(c.Nonce),
		IssuedAt:      c.IssuedAt.time,
		MessageType:   string(c.MessageType),
		DeploymentID:  string(*c.DeploymentID),
		TargetLinkURI: string(c.TargetLinkURI),
		Context:       c.context(),
		ResourceLink:  c.resourceLink(),
		Presentation:  c.presentation(),
		ToolPlatform:  c.toolPlatform(),
		Custom:        c.custom(),
		DeepLinking:   c.deepLinking(),
	}
	l.Locale = cmp.Or(clean(string(c.Locale), maxWord), l.Presentation.Locale)
	if c.Subject == nil {
		l.Anonymous = true
		return l
	}
	l.Subject = string(*c.Subject)
	l.GivenName, l.FamilyName = cleanName(string(c.GivenName)), cleanName(string(c.FamilyName))
	l.Name = cmp.Or(cleanName(string(c.Name)), strings.TrimSpace(l.GivenName+" "+l.FamilyName))
	l.Email = clean(string(c.Email), maxTitle)
	l.Roles = ParseRoles(c.Roles.items)
	l.LIS, l.NRPS, l.AGS = c.lis(), c.nrps(p), c.ags(p)
	l.Groups, l.Notices = c.groups(p), c.notices(p)
	return l
}

func (c *claims) context() *Context {
	v := c.Context.set
	if v == nil {
		return nil
	}
	return &Context{
		ID: string(v.ID), Label: clean(string(v.Label), maxTitle), Title: clean(string(v.Title), maxTitle),
		Type: cleanAll(v.Type.items),
	}
}

func (c *claims) resourceLink() ResourceLink {
	v := c.ResourceLink.orEmpty()
	return ResourceLink{
		ID: string(v.ID), Title: clean(string(v.Title), maxTitle), Description: clean(string(v.Description), maxText),
	}
}

func (c *claims) presentation() Presentation {
	v := c.Presentation.orEmpty()
	p := Presentation{Locale: clean(string(v.Locale), maxWord), DocumentTarget: clean(string(v.DocumentTarget), maxWord)}
	if webAddress(string(v.ReturnURL), true) {
		p.ReturnURL = string(v.ReturnURL)
	}
	return p
}

func (c *claims) lis() LIS {
	v := c.LIS.orEmpty()
	return LIS{
		PersonSourcedID:         clean(string(v.Person), maxTitle),
		CourseSectionSourcedID:  clean(string(v.Section), maxTitle),
		CourseOfferingSourcedID: clean(string(v.Offering), maxTitle),
	}
}

func (c *claims) toolPlatform() ToolPlatform {
	v := c.ToolPlatform.orEmpty()
	return ToolPlatform{
		GUID: clean(string(v.GUID), maxTitle), Name: clean(string(v.Name), maxTitle),
		Family: clean(string(v.Family), maxWord), Version: clean(string(v.Version), maxWord),
	}
}

// custom leaves out what the platform did not substitute: it sends the variable
// itself then (LTI Core §6.1).
func (c *claims) custom() map[string]string {
	custom := make(map[string]string)
	for name, value := range c.Custom.orEmpty() {
		if value.set && !variable(string(value.text)) {
			custom[clean(name, maxTitle)] = clean(string(value.text), maxCustom)
		}
	}
	return custom
}

// variable reports the literal name of a substitution variable, $Person.name.full.
func variable(s string) bool {
	name, dollar := strings.CutPrefix(s, "$")
	if !dollar || name == "" {
		return false
	}
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r != '.' && r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return true
}

func cleanAll(words []string) []string {
	cleaned := make([]string, len(words))
	for i, w := range words {
		cleaned[i] = clean(w, maxTitle)
	}
	return cleaned
}
