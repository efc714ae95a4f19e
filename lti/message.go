package lti

// checkMessage checks the claims of LTI (LTI Core §5.3). They are signed by now.
func (t *Tool) checkMessage(c *claims, p Platform) error {
	if err := checkVersion(c); err != nil {
		return err
	}
	switch {
	case !c.Roles.present:
		return refuse(RolesMissing, "no roles")
	case c.Roles.items == nil && c.Roles.invalid:
		return refuse(RolesInvalid, "roles is not a list")
	case c.TargetLinkURI != "" && !t.ours(string(c.TargetLinkURI)):
		return refuse(LaunchTargetForeign, "target_link_uri %s is not below %s", shown(string(c.TargetLinkURI)), t.URL)
	}
	switch c.MessageType {
	case "":
		return refuse(MessageTypeMissing, "no message_type")
	case ResourceLinkRequest:
		return checkResourceLink(c)
	case DeepLinkingRequest:
		return checkDeepLinking(c, p)
	}
	return refuse(MessageTypeUnsupported, "message_type %s", shown(string(c.MessageType)))
}

// checkVersion checks the claims that messages and notices share.
func checkVersion(c *claims) error {
	switch {
	case c.Version == "":
		return refuse(VersionMissing, "no version")
	case c.Version != "1.3.0":
		return refuse(VersionUnsupported, "version %s", shown(string(c.Version)))
	case c.DeploymentID == nil:
		return refuse(DeploymentMissing, "no deployment_id")
	case !identifier(string(*c.DeploymentID)):
		return refuse(DeploymentInvalid, "deployment_id has %d bytes", len(*c.DeploymentID))
	case c.Context.set != nil && !identifier(string(c.Context.set.ID)):
		return refuse(ContextInvalid, "context.id has %d bytes", len(c.Context.set.ID))
	}
	return nil
}

// checkResourceLink checks what a resource link request needs (LTI Core §5.3.4-5).
func checkResourceLink(c *claims) error {
	link := c.ResourceLink.set
	switch {
	case c.TargetLinkURI == "":
		return refuse(LaunchTargetMissing, "no target_link_uri")
	case link == nil:
		return refuse(ResourceLinkMissing, "no resource_link")
	case !identifier(string(link.ID)):
		return refuse(ResourceLinkInvalid, "resource_link.id has %d bytes", len(link.ID))
	}
	return nil
}

// checkDeepLinking checks what a deep linking request needs (Deep Linking §3.4.1).
func checkDeepLinking(c *claims, p Platform) error {
	settings := c.DeepLinking.set
	switch {
	case settings == nil:
		return refuse(DeepLinkingMissing, "no deep_linking_settings")
	case serviceURL(settings.ReturnURL, p) == "":
		return refuse(DeepLinkingInvalid, "no deep_link_return_url that may be used")
	case len(settings.AcceptTypes.items) == 0:
		return refuse(DeepLinkingInvalid, "no accept_types")
	case len(settings.AcceptTargets.items) == 0:
		return refuse(DeepLinkingInvalid, "no accept_presentation_document_targets")
	}
	return nil
}
