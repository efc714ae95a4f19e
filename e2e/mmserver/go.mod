module classbridge/e2e/mmserver

go 1.26

require (
	github.com/mattermost/mattermost/server/public v0.1.22 // indirect
	github.com/mattermost/mattermost/server/v8 v8.0.0-20260130160320-3321db82c3e7
	github.com/richardlehane/msoleps v1.0.6 // indirect
)

// The release that Mattermost 11.4 itself is built with; later ones changed their API.
replace github.com/olekukonko/tablewriter => github.com/olekukonko/tablewriter v0.0.5
