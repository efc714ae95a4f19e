// Package notify sends alerts out of the building: by e-mail and by webhook.
// Package bridge sends those by Mattermost.
//
// A webhook gets a POST of one JSON object (admin.Message). Where a key was
// agreed on, the header X-Classbridge-Signature holds t=SECONDS,v1=HEX, the
// HMAC-SHA256 of "SECONDS.BODY" with that key.
package notify
