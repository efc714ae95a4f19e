package ltitest_test

import (
	"context"

	"classbridge/lti"
)

// registered is one registration.
type registered struct{ platform lti.Platform }

func (r registered) FindPlatforms(context.Context, string, string) ([]lti.Platform, error) {
	return []lti.Platform{r.platform}, nil
}

func (r registered) FindPlatform(context.Context, string) (lti.Platform, bool, error) {
	return r.platform, true, nil
}
