package classroom

import "context"

// appear notes a deployment that nobody announced, as the registration's switch says
// (LTI Core §3.1.3). An LMS that tells none when it is registered makes it later: the
// first to come is then the one that was meant.
func (c *Classroom) appear(ctx context.Context, p Platform, deploymentID string) (d Deployment, err error) {
	err = c.Store.Tx(ctx, func(tx Tx) error {
		locked, _, err := tx.LockRegistration(ctx, p.Issuer, p.ClientID)
		if err != nil {
			return err
		}
		known, found, err := tx.FindDeployment(ctx, p.ID, deploymentID)
		if err != nil || found { // another launch was quicker
			d = known
			return err
		}
		d = Deployment{
			ID: newID(), TenantID: p.TenantID, PlatformID: p.ID,
			DeploymentID: deploymentID, State: locked.NewDeployments, CreatedAt: c.Now(),
		}
		if d.State == DeploymentFirst {
			d.State, locked.NewDeployments = DeploymentActive, DeploymentPending
			if err := tx.SavePlatform(ctx, locked); err != nil {
				return err
			}
		}
		return tx.CreateDeployment(ctx, d)
	})
	return d, err
}
