package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"classbridge/lti"
)

const (
	notApproved         = "The connection to your learning platform is not approved yet"
	deploymentUnknown   = "Classbridge is not switched on for this place yet"
	waitsForAdmin       = "It waits for your Classbridge admin"
	opensWhenYouAreDone = "Classes can be opened from its courses as soon as you have finished below"
)

// isAdded connects the LMS: by itself where it can, else by command.
func (c *campus) isAdded(t *testing.T) {
	if c.signsUp {
		c.signUp(t)
	} else {
		c.addByHand(t)
	}
	c.approve(t)
	teacher := c.launch(t, "teacher", "weekly")
	teacher.want("h1", "Weekly class")
	if !c.profile.Launch.WithoutContext {
		teacher.want(".course", c.here("Algebra"))
	}
}

// signUp goes the way of the LMS's admin, who has got an invitation. Brightspace's
// has one that wants to be approved.
func (c *campus) signUp(t *testing.T) {
	args := []string{"platform", "invite", "--name", c.name, "--on-premises", "--json"}
	if c.mustWait() {
		args = append(args, "--pending")
	}
	var invitation struct{ Address string }
	if err := json.Unmarshal([]byte(c.must(t, args...)), &invitation); err != nil {
		t.Fatal(err)
	}
	admin := newVisitor(t)
	admin.open(c.lms.RegistrationURL(invitation.Address))
	admin.want("#services", "attendance is sent there as a grade")
	if c.lms.Signup() != nil {
		t.Error("it is registered before anybody has agreed")
	}
	admin.submit("form")
	admin.want("h1", c.name+" is registered")
	if c.mustWait() {
		admin.want("#state", waitsForAdmin)
	} else {
		admin.want("#state", opensWhenYouAreDone)
	}
	admin.open(c.lms.RegistrationURL(invitation.Address))
	if again := c.lms.Requests("register"); again != 1 {
		t.Errorf("%d registrations with one invitation", again)
	}
	if c.profile.Name == "Moodle" {
		c.activate(t)
	}
}

func (c *campus) mustWait() bool { return c.profile.Name == "Brightspace" }

// activate is Moodle's admin, whose new tools are pending.
func (c *campus) activate(t *testing.T) {
	answer, err := newVisitor(t).browser.Get(t.Context(), c.lmsURL+"/launch?person=teacher&link=weekly")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("HTTP status %d before the tool is activated", answer.StatusCode)
	}
	c.lms.Activate()
}

// addByHand copies what the preset does not know. The stand-in's addresses are none
// of the preset's. Blackboard's and Canvas's deployments are not known before they
// launch.
func (c *campus) addByHand(t *testing.T) {
	p := c.lms.Platform("")
	args := []string{
		"platform", "add", "--name", c.name, "--client-id", p.ClientID,
		"--auth-url", p.AuthURL, "--token-url", p.TokenURL, "--jwks-url", p.JWKSURL, "--on-premises",
	}
	preset, found := c.preset()
	if found {
		args = append(args, "--preset", preset.Name)
	}
	if slices.Contains(preset.Needs(), lti.NeedURL) && found {
		args = append(args, "--url", c.lmsURL)
	}
	if slices.Contains(preset.Needs(), lti.NeedIssuer) || !found {
		args = append(args, "--issuer", p.Issuer)
	}
	if !c.deploymentAppears() {
		args = append(args, "--deployment-id", c.lms.DeploymentID)
	}
	c.must(t, args...)
}

// preset is that of the LMS.
func (c *campus) preset() (lti.Preset, bool) {
	names := map[string]string{
		"Canvas": "canvas", "Blackboard": "blackboard", "Schoology": "schoology", "Open edX": "openedx", "ILIAS": "ilias", "OpenOlat": "openolat",
	}
	return lti.FindPreset(names[c.profile.Name])
}

// parameters are the custom parameters that the admin of an LMS is told to enter.
// Canvas reads them from the configuration that it is given the address of.
func (c *campus) parameters(t *testing.T) map[string]string {
	preset, _ := c.preset()
	if c.profile.Name != "Canvas" {
		return preset.Custom
	}
	answer, err := http.Get(c.url + "/lti/config.json")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var config struct {
		Custom map[string]string `json:"custom_fields"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&config); err != nil {
		t.Fatal(err)
	}
	return config.Custom
}

// deploymentAppears says where nobody knows the deployment before its first launch.
// Canvas's own registration leaves it out too: whoever was invited is trusted.
func (c *campus) deploymentAppears() bool {
	return !c.signsUp && (c.profile.Name == "Blackboard" || c.profile.Name == "Canvas")
}

// approve is the command for what waits: nothing opens before it.
func (c *campus) approve(t *testing.T) {
	switch {
	case c.mustWait():
		c.refused(t, "teacher", "weekly", notApproved)
	case c.deploymentAppears():
		c.refused(t, "teacher", "weekly", deploymentUnknown)
	default:
		return
	}
	c.must(t, "platform", "approve", c.name)
	within(t, time.Second, "launches are accepted", func() bool {
		v := c.as(t, "teacher")
		v.arrive(v.browser.Launch(t.Context(), c.lmsURL, "teacher", "weekly"))
		return v.status == http.StatusOK
	})
}
