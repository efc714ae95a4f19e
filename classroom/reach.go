package classroom

import (
	"errors"
	"slices"
)

// Reach lists the tenants whose admins may name addresses inside the network of
// whoever runs the installation, beside the default tenant, whose they are. All
// others reach public addresses alone: a school must not look around in there.
type Reach []string

// Inside reports whether the tenant may.
func (r Reach) Inside(tenantID string) bool {
	return tenantID == DefaultTenant || slices.Contains(r, tenantID)
}

// Check refuses a wish to go inside of a tenant that may not: no form offers it.
func (r Reach) Check(tenantID string, wished bool) error {
	if !wished || r.Inside(tenantID) {
		return nil
	}
	return &Error{Code: Forbidden, Message: "console.error.right", Err: errors.New("addresses inside the operator's network are not for this school: see CLASSBRIDGE_INSIDE_TENANTS")}
}
