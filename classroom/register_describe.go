package classroom

import "classbridge/lti"

// descriptionLanguage is what LMSs are told of us in: a registration is the same
// for everybody, whatever language its admin reads.
const descriptionLanguage = "en"

// Describe is what LMSs are told of this tool when it is registered.
func (c *Classroom) Describe(logoURL string) lti.ToolDescription {
	return lti.ToolDescription{
		Name:             c.Word(descriptionLanguage, "register.tool.name"),
		Description:      c.Word(descriptionLanguage, "register.tool.description"),
		DeepLinkingLabel: c.Word(descriptionLanguage, "register.tool.choose"),
		LogoURL:          logoURL,
		Scopes: []string{
			lti.ScopeRoster, lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore,
			lti.ScopeGroups, lti.ScopeNoticeHandlers,
		},
		Claims: []string{"iss", "sub", "name", "given_name", "family_name", "email", "locale"},
	}
}
