package lti

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ToolForm is where an LMS asks for a tool, and what, in its own words: English,
// as far as they are known.
type ToolForm struct {
	Where  string
	Fields []FormField
}

// FormField is one field, and what to fill in.
type FormField struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Form is what that LMS's form asks for, by the labels of its pages; docs/lms says
// where they were read.
func (p Preset) Form(tool *Tool) ToolForm {
	launch, login, keys := tool.RedirectURI(), tool.LoginURL(), tool.JWKSURL()
	custom := customLines(p.Custom)
	switch p.Family {
	case FamilyMoodle:
		return ToolForm{"Site administration > Plugins > Activity modules > External tool > Manage tools > configure a tool manually", []FormField{
			{"Tool URL", launch}, {"LTI version", "LTI 1.3"}, {"Public key type", "Keyset URL"}, {"Public keyset", keys},
			{"Initiate login URL", login}, {"Redirection URI(s)", launch}, {"Custom parameters", custom},
			{"Supports Deep Linking (Content-Item Message)", "yes"}, {"Content Selection URL", launch},
		}}
	case FamilyCanvas:
		return ToolForm{"Admin > Developer Keys > + Developer Key > + LTI Key", []FormField{
			{"Method", "Enter URL"}, {"JSON URL", strings.TrimSuffix(tool.URL, "/") + "/lti/config.json"}, {"Redirect URIs", launch},
		}}
	case "BlackboardLearn":
		return ToolForm{"the developer portal, My integration supports LTI 1.3; custom parameters in Learn itself", []FormField{
			{"Domain(s)", hostOf(tool.URL)}, {"Login Initiation URL", login}, {"Tool Redirect URL(s)", launch}, {"Tool JWKS URL", keys},
			{"Signing Algorithm", "RS256"}, {"Tool Provider Custom Parameters", custom},
		}}
	case "desire2learn":
		return ToolForm{"Admin Tools > Manage Extensibility > LTI Advantage > Register Tool > Standard", []FormField{
			{"Domain", tool.URL}, {"Redirect URLs", launch}, {"OpenID Connect Login URL", login}, {"Target Link URI", launch}, {"Keyset URL", keys},
			{"Substitution Parameters", custom},
		}}
	case "schoology":
		return ToolForm{"App Center > My Developer Apps > Add App", []FormField{
			{"Type of App", "LTI 1.3 App"}, {"Configuration Type", "Manual"}, {"JWKS URL", keys}, {"Domain/URL", launch}, {"OIDC Login Init URL", login}, {"Redirect URLs", launch},
		}}
	}
	return p.openForm(launch, login, keys, custom)
}

// openForm is Form for the LMSs beside Moodle that schools run themselves.
func (p Preset) openForm(launch, login, keys, custom string) ToolForm {
	switch p.Family {
	case "sakailms.org":
		return ToolForm{"Administration Workspace > External Tools > Install LTI 1.3 Tool", []FormField{
			{"Launch URL", launch}, {"LTI 1.3 Tool Keyset URL", keys}, {"LTI 1.3 Tool OpenID Connect/Initialization Endpoint", login},
			{"LTI 1.3 Tool Redirect Endpoint(s)", launch}, {"Custom Parameters", custom},
		}}
	case "openedx":
		return ToolForm{"Studio, a unit's LTI Consumer block > Edit", []FormField{
			{"LTI Version", "LTI 1.3"}, {"Tool Launch URL", launch}, {"Registered Redirect URIs", `["` + launch + `"]`}, {"Tool Initiate Login URL", login},
			{"Tool Public Key Mode", "Keyset URL"}, {"Tool Keyset URL", keys}, {"Deep Linking Launch URL", launch},
		}}
	case FamilyOpenOlat:
		return ToolForm{"Administration, LTI 1.3 > External tools > Create new tool", []FormField{
			{"Tool URL", launch}, {"Public Key Type", "URL"}, {"Public Key URL", keys}, {"Initiate login URL", login}, {"Redirection URI(s)", launch},
		}}
	}
	return ToolForm{"Administration > Extending ILIAS > LTI > ILIAS as LTI consumer > Add provider or tool globally for all users", []FormField{ // ILIAS
		{"Tool URL", launch}, {"Initiate Login URL", login}, {"Redirection URIs", launch}, {"Public Key Type", "the address of a JSON Web Keyset"}, {"URL", keys},
		{"Support for Deep Linking", "yes"}, {"Content URL", launch},
	}}
}

// PlainForm is for an LMS that has no preset: the names of the specification.
func PlainForm(tool *Tool) ToolForm {
	return ToolForm{"wherever it registers tools", []FormField{
		{"tool URL, target link URI", tool.RedirectURI()}, {"redirection URI", tool.RedirectURI()},
		{"login initiation URL (OIDC)", tool.LoginURL()}, {"public key set URL (JWKS)", tool.JWKSURL()},
	}}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// customLines are the custom parameters as forms take them, one a line.
func customLines(custom map[string]string) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(custom)) {
		lines = append(lines, name+"="+custom[name])
	}
	return strings.Join(lines, "\n")
}
