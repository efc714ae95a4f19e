package lti

// Presets are the LMSs that are known. Each was read in the documentation or the
// source of the LMS; docs/lms says which.
func Presets() []Preset {
	return append([]Preset{
		{
			Name: "moodle", LMS: "Moodle", Family: FamilyMoodle, issuer: theSchool,
			authURL:  theSchool + "/mod/lti/auth.php",
			tokenURL: theSchool + "/mod/lti/token.php",
			jwksURL:  theSchool + "/mod/lti/certs.php",
			Custom: map[string]string{
				CustomTimezone: "$Person.address.timezone", CustomContextHistory: "$Context.id.history",
				CustomGroups: "$Moodle.Person.userGroupIds",
			},
		},
		canvas("canvas", "Canvas", "canvas.instructure.com", "sso.canvaslms.com"),
		canvas("canvas-beta", "Canvas, beta environment", "canvas.beta.instructure.com", "sso.beta.canvaslms.com"),
		canvas("canvas-test", "Canvas, test environment", "canvas.test.instructure.com", "sso.test.canvaslms.com"),
		{
			Name: "blackboard", LMS: "Blackboard Learn", Family: "BlackboardLearn", Shared: true,
			issuer:   "https://blackboard.com",
			authURL:  "https://developer.blackboard.com/api/v1/gateway/oidcauth",
			tokenURL: "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
			jwksURL:  "https://developer.blackboard.com/api/v1/management/applications/" + theClient + "/jwks.json",
			frames:   []string{"https://*.blackboard.com", theSchool},
			Custom:   histories(),
		},
		{
			// Tokens are those of all of D2L, and assertions are for a name that is no
			// address of theirs.
			Name: "brightspace", LMS: "Brightspace", Family: "desire2learn", issuer: theSchool,
			authURL:  theSchool + "/d2l/lti/authenticate",
			tokenURL: "https://auth.brightspace.com/core/connect/token",
			jwksURL:  theSchool + "/d2l/.well-known/jwks",
			audience: "https://api.brightspace.com/auth/token",
			Custom:   histories(),
		},
		{
			Name: "schoology", LMS: "Schoology", Family: "schoology", Shared: true,
			issuer:   "https://schoology.schoology.com",
			authURL:  "https://lti-service.svc.schoology.com/lti-service/authorize-redirect",
			tokenURL: "https://lti-service.svc.schoology.com/lti-service/access-token",
			jwksURL:  "https://lti-service.svc.schoology.com/lti-service/.well-known/jwks",
			frames:   []string{"https://*.schoology.com"},
		},
	}, openPresets()...)
}

// canvas is one environment of Canvas in the cloud. One that a school runs itself
// is registered by its own addresses.
func canvas(name, lms, issuer, sso string) Preset {
	return Preset{
		Name: name, LMS: lms, Family: FamilyCanvas, Shared: true, issuer: "https://" + issuer,
		authURL:  "https://" + sso + "/api/lti/authorize_redirect",
		tokenURL: "https://" + sso + "/login/oauth2/token",
		jwksURL:  "https://" + sso + "/api/lti/security/jwks",
		frames:   []string{"https://*.instructure.com"},
	}
}

// histories tell where copies come from.
func histories() map[string]string {
	return map[string]string{CustomContextHistory: "$Context.id.history", CustomLinkHistory: "$ResourceLink.id.history"}
}

// openPresets are LMSs beside Moodle that schools run themselves.
func openPresets() []Preset {
	return []Preset{
		{
			// Keys and tokens are at addresses that end with the number of the tool.
			Name: "sakai", LMS: "Sakai", Family: "sakailms.org", issuer: theSchool,
			authURL: theSchool + "/imsoidc/lti13/oidc_auth",
			Custom:  histories(),
		},
		{
			// Keys and tokens are at addresses of the block, or of the configuration that
			// several blocks share.
			Name: "openedx", LMS: "Open edX", Family: "openedx", issuer: theSchool, InstitutionTeaches: true,
			authURL: theSchool + "/api/lti_consumer/v1/launch/",
		},
		ilias("ilias", "ILIAS, from version 10", theSchool),
		ilias("ilias-9", "ILIAS, up to version 9", theSchool+"/Modules/LTIConsumer"),
		{
			// Its issuer is a setting of the server's.
			Name: "openolat", LMS: "OpenOlat", Family: FamilyOpenOlat,
			authURL:  theSchool + "/lti/auth",
			tokenURL: theSchool + "/lti/token",
			jwksURL:  theSchool + "/lti/keys",
		},
	}
}

func ilias(name, lms, folder string) Preset {
	return Preset{
		Name: name, LMS: lms, Family: "ilias.de", issuer: theSchool,
		authURL: folder + "/ltiauth.php", tokenURL: folder + "/ltitoken.php", jwksURL: folder + "/lticerts.php",
	}
}
