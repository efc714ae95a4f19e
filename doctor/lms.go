package doctor

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"classbridge/classroom"
	"classbridge/lti"
)

func lmsCheck(name string) check { return check{name, GroupLMS} }

func aboutPlatform(p classroom.Platform, more ...string) []string {
	return append([]string{"LMS", p.Name}, more...)
}

// CheckKeys fetches the platform's keys as a launch would.
func (d *Doctor) CheckKeys(ctx context.Context, p classroom.Platform) Result {
	c := lmsCheck("lms.keys")
	ctx, cancel := within(ctx)
	defer cancel()
	keys := &lti.Keys{HTTP: d.PublicHTTP, OnPremisesHTTP: d.OnPremisesHTTP, UserAgent: d.UserAgent, Now: d.Now}
	n, err := keys.Test(ctx, p.Platform)
	if err == nil {
		return c.ok("doctor.lms.keys", aboutPlatform(p, "Count", strconv.Itoa(n))...)
	}
	about := aboutPlatform(p, "URL", p.JWKSURL, "Error", cause(err))
	var e *lti.KeysError
	if !errors.As(err, &e) {
		return c.failed("doctor.lms.keys_closed", about...)
	}
	switch e.Finding {
	case lti.KeysAddress:
		return c.failed("doctor.lms.keys_address", about...)
	case lti.KeysStatus:
		return c.failed("doctor.lms.keys_status", append(about, "Status", strconv.Itoa(e.Status))...)
	case lti.KeysPage:
		return c.failed("doctor.lms.keys_page", about...)
	case lti.KeysNonsense:
		return c.failed("doctor.lms.keys_nonsense", about...)
	case lti.KeysNone:
		return c.failed("doctor.lms.keys_empty", about...)
	}
	return c.failed(d.silentKeys(err), about...)
}

func (d *Doctor) silentKeys(err error) string {
	switch d.troubleOf(err) {
	case forbidden:
		return "doctor.lms.keys_private"
	case unknownName:
		return "doctor.lms.keys_name"
	case expired, otherName, untrusted, noTLS:
		return "doctor.lms.keys_certificate"
	}
	return "doctor.lms.keys_closed"
}

// CheckToken asks the platform for a token: rosters and grades need one.
func (d *Doctor) CheckToken(ctx context.Context, p classroom.Platform) Result {
	c := lmsCheck("lms.token")
	if p.TokenURL == "" {
		return c.skipped("doctor.lms.token_none", aboutPlatform(p)...)
	}
	ctx, cancel := within(ctx)
	defer cancel()
	services := &lti.Services{
		HTTP: d.PublicHTTP, OnPremisesHTTP: d.OnPremisesHTTP, Forbidden: d.Forbidden, Key: d.Key, UserAgent: d.UserAgent, Timeout: checkTime, Now: d.Now,
	}
	err := services.Test(ctx, lti.Access{Platform: p.Platform, DeploymentID: d.deploymentOf(ctx, p)})
	if err == nil {
		return c.ok("doctor.lms.token", aboutPlatform(p)...)
	}
	about := aboutPlatform(p, "URL", p.TokenURL, "Client", p.ClientID, "Error", err.Error())
	var e *lti.ServiceError
	if !errors.As(err, &e) {
		return c.failed("doctor.lms.token_closed", about...)
	}
	return c.failed(tokenFinding(e), append(about, "Status", strconv.Itoa(e.Status), "Code", e.Code)...)
}

// tokenFinding is the id of the text for a refusal (RFC 6749 §5.2).
func tokenFinding(e *lti.ServiceError) string {
	switch {
	case e.Code == lti.CodeAddressRefused:
		return "doctor.lms.token_private"
	case e.Code == "invalid_client", e.Code == "unauthorized_client", e.Status == http.StatusUnauthorized:
		return "doctor.lms.token_client"
	case e.Status == 0:
		return "doctor.lms.token_closed"
	case e.Status == http.StatusNotFound:
		return "doctor.lms.token_path"
	case e.Status < 300:
		return "doctor.lms.token_page"
	}
	return "doctor.lms.token_refused"
}

// deploymentOf is one that is in use: platforms that share a client id between
// schools want to know which (LTI Core §6.2.1). None is no obstacle.
func (d *Doctor) deploymentOf(ctx context.Context, p classroom.Platform) string {
	all, err := d.Store.Deployments(ctx, p.ID)
	if err != nil {
		return ""
	}
	for _, deployment := range all {
		if deployment.State == classroom.DeploymentActive {
			return deployment.DeploymentID
		}
	}
	return ""
}

// CheckDeployments looks for what waits for somebody's approval.
func (d *Doctor) CheckDeployments(ctx context.Context, p classroom.Platform) Result {
	c := lmsCheck("lms.deployments")
	ctx, cancel := within(ctx)
	defer cancel()
	if p.Pending {
		return c.warning("doctor.lms.pending", aboutPlatform(p)...)
	}
	all, err := d.Store.Deployments(ctx, p.ID)
	if err != nil {
		return c.failed("doctor.database.read", "Error", err.Error())
	}
	var waiting []string
	for _, deployment := range all {
		if deployment.State == classroom.DeploymentPending {
			waiting = append(waiting, deployment.DeploymentID)
		}
	}
	if len(waiting) > 0 {
		return c.warning("doctor.lms.waiting", aboutPlatform(p, "Deployments", strings.Join(waiting, ", "))...)
	}
	return c.ok("doctor.lms.deployments", aboutPlatform(p, "Count", strconv.Itoa(len(all)))...)
}

// CheckPlatform looks at everything about one registration.
func (d *Doctor) CheckPlatform(ctx context.Context, p classroom.Platform) []Result {
	results := perform(ctx, d.platformTasks([]classroom.Platform{p}))
	redact(results, d.Secrets)
	return results
}
