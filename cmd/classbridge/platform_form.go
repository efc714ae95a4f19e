package main

import (
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"classbridge/lti"
)

// toolForm is where an LMS asks for a tool, and what, in its own words.
type toolForm struct {
	where  string
	fields []formField
}

type formField struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// printForm prints it to be copied from.
func printForm(p *program, f toolForm, lms string) {
	fmt.Fprintf(p.out, "In %s: %s\n", lms, f.where)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, field := range f.fields {
		for i, line := range strings.Split(field.Value, "\n") {
			label := field.Label
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(w, "  %s\t%s\n", label, line)
		}
	}
	w.Flush()
}

// formOf is what that LMS's form asks for, by the labels of its English pages as far
// as they are known; docs/lms says where they were read.
func formOf(preset lti.Preset, tool lti.Tool) toolForm {
	launch, login, keys := tool.RedirectURI(), tool.LoginURL(), tool.JWKSURL()
	custom := customLines(preset.Custom)
	switch preset.Family {
	case lti.FamilyMoodle:
		return toolForm{"Site administration > Plugins > Activity modules > External tool > Manage tools > configure a tool manually", []formField{
			{"Tool URL", launch}, {"LTI version", "LTI 1.3"}, {"Public key type", "Keyset URL"}, {"Public keyset", keys},
			{"Initiate login URL", login}, {"Redirection URI(s)", launch}, {"Custom parameters", custom},
			{"Supports Deep Linking (Content-Item Message)", "yes"}, {"Content Selection URL", launch},
		}}
	case lti.FamilyCanvas:
		return toolForm{"Admin > Developer Keys > + Developer Key > + LTI Key", []formField{
			{"Method", "Enter URL"}, {"JSON URL", strings.TrimSuffix(tool.URL, "/") + "/lti/config.json"}, {"Redirect URIs", launch},
		}}
	case "BlackboardLearn":
		return toolForm{"the developer portal, My integration supports LTI 1.3; custom parameters in Learn itself", []formField{
			{"Domain(s)", host(tool.URL)}, {"Login Initiation URL", login}, {"Tool Redirect URL(s)", launch}, {"Tool JWKS URL", keys},
			{"Signing Algorithm", "RS256"}, {"Tool Provider Custom Parameters", custom},
		}}
	case "desire2learn":
		return toolForm{"Admin Tools > Manage Extensibility > LTI Advantage > Register Tool > Standard", []formField{
			{"Domain", tool.URL}, {"Redirect URLs", launch}, {"OpenID Connect Login URL", login}, {"Target Link URI", launch}, {"Keyset URL", keys},
			{"Substitution Parameters", custom},
		}}
	case "schoology":
		return toolForm{"App Center > My Developer Apps > Add App", []formField{
			{"Type of App", "LTI 1.3 App"}, {"Configuration Type", "Manual"}, {"JWKS URL", keys}, {"Domain/URL", launch}, {"OIDC Login Init URL", login}, {"Redirect URLs", launch},
		}}
	}
	return openFormOf(preset, launch, login, keys, custom)
}

// openFormOf is formOf for the LMSs beside Moodle that schools run themselves.
func openFormOf(preset lti.Preset, launch, login, keys, custom string) toolForm {
	switch preset.Family {
	case "sakailms.org":
		return toolForm{"Administration Workspace > External Tools > Install LTI 1.3 Tool", []formField{
			{"Launch URL", launch}, {"LTI 1.3 Tool Keyset URL", keys}, {"LTI 1.3 Tool OpenID Connect/Initialization Endpoint", login},
			{"LTI 1.3 Tool Redirect Endpoint(s)", launch}, {"Custom Parameters", custom},
		}}
	case "openedx":
		return toolForm{"Studio, a unit's LTI Consumer block > Edit", []formField{
			{"LTI Version", "LTI 1.3"}, {"Tool Launch URL", launch}, {"Registered Redirect URIs", `["` + launch + `"]`}, {"Tool Initiate Login URL", login},
			{"Tool Public Key Mode", "Keyset URL"}, {"Tool Keyset URL", keys}, {"Deep Linking Launch URL", launch},
		}}
	case lti.FamilyOpenOlat:
		return toolForm{"Administration, LTI 1.3 > External tools > Create new tool", []formField{
			{"Tool URL", launch}, {"Public Key Type", "URL"}, {"Public Key URL", keys}, {"Initiate login URL", login}, {"Redirection URI(s)", launch},
		}}
	}
	return toolForm{"Administration > Extending ILIAS > LTI > ILIAS as LTI consumer > Add provider or tool globally for all users", []formField{ // ILIAS
		{"Tool URL", launch}, {"Initiate Login URL", login}, {"Redirection URIs", launch}, {"Public Key Type", "the address of a JSON Web Keyset"}, {"URL", keys},
		{"Support for Deep Linking", "yes"}, {"Content URL", launch},
	}}
}

// plainForm is for an LMS that has no preset: the names of the specification.
func plainForm(tool lti.Tool) toolForm {
	return toolForm{"wherever it registers tools", []formField{
		{"tool URL, target link URI", tool.RedirectURI()}, {"redirection URI", tool.RedirectURI()},
		{"login initiation URL (OIDC)", tool.LoginURL()}, {"public key set URL (JWKS)", tool.JWKSURL()},
	}}
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}
