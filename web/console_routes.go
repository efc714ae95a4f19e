package web

import "classbridge/admin"

// areas is the whole console, in the order of its menu. Each area's routes stand
// in the file of its page.
func (s *Server) areas() []area {
	return []area{
		{"console.nav.home", pathConsole, admin.Read, s.homeRoutes()},
		{"console.nav.setup", pathSetup, admin.Read, s.setupRoutes()},
		{"console.nav.lti", pathLTI, admin.Read, s.ltiRoutes()},
		{"console.nav.bbb", pathBBB, admin.Read, s.bbbRoutes()},
		{"console.nav.mattermost", pathMattermost, admin.Read, s.mattermostRoutes()},
		{"console.nav.find", pathFind, admin.ReadPeople, s.findRoutes()},
		{"console.nav.alerts", pathAlerts, admin.Read, s.alertsRoutes()},
		{"console.nav.diagnostics", pathDiagnostics, admin.Read, s.diagnosticsRoutes()},
		{"console.nav.audit", pathAudit, admin.ReadAudit, s.auditRoutes()},
		{"console.nav.settings", pathSettings, admin.Read, s.settingsRoutes()},
		{"console.nav.privacy", pathPrivacy, admin.Read, s.privacyRoutes()},
		{"console.nav.accounts", pathAccounts, admin.ManageAccounts, s.accountsRoutes()},
		{"console.nav.tenants", pathTenants, admin.ManageTenants, s.tenantsRoutes()},
		{"", pathAccount, admin.Read, s.accountRoutes()},
	}
}
