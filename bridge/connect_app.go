package bridge

import (
	"context"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
)

const appName = "Classbridge"

// makeApp makes the OAuth app by which people prove who they are in Mattermost.
// It is a trusted one, so that nobody is asked for consent at each join. Without
// it everything works but joining from the chat and linking accounts.
func (c *connecting) makeApp(ctx context.Context) error {
	ready, err := c.allowApp(ctx)
	if err != nil {
		return err
	}
	if !ready {
		c.warn("chat.connect_no_app")
		return nil
	}
	app, err := c.findApp(ctx)
	if err != nil {
		return c.problem(err, "chat.connect_app")
	}
	if app == nil {
		app, err = c.createApp(ctx)
	} else {
		app, err = c.reuseApp(ctx, app)
	}
	if err != nil {
		return c.problem(err, "chat.connect_app")
	}
	c.report.Connection.OAuthID, c.report.Connection.OAuthSecret = app.Id, app.ClientSecret
	return nil
}

func (c *connecting) callback() string { return c.ToolURL + "/mattermost/oauth" }

// allowApp sees to it that the server is an OAuth provider and that the admin may
// make an app: a fresh Mattermost 11 leaves manage_oauth out of its admins' role.
func (c *connecting) allowApp(ctx context.Context) (bool, error) {
	if !*c.config.ServiceSettings.EnableOAuthServiceProvider {
		if !c.agreed["chat.connect_provider"] {
			return false, nil
		}
		patch := &model.Config{}
		patch.ServiceSettings.EnableOAuthServiceProvider = model.NewPointer(true)
		err := c.change(ctx, patch, "ServiceSettings.EnableOAuthServiceProvider", func(now *model.Config) bool {
			return *now.ServiceSettings.EnableOAuthServiceProvider
		})
		if err != nil {
			return false, err
		}
	}
	role, may, err := c.mayManageApps(ctx)
	if err != nil || may || !c.agreed["chat.connect_role"] {
		return may, err
	}
	permissions := append(slices.Clone(role.Permissions), model.PermissionManageOAuth.Id)
	_, err = call2(ctx, c.server, "patch role", c.api.PatchRole, role.Id, &model.RolePatch{Permissions: &permissions})
	if err == nil {
		c.done("chat.connect_role_done")
	}
	return err == nil, err
}

func (c *connecting) mayManageApps(ctx context.Context) (*model.Role, bool, error) {
	role, err := call(ctx, c.server, "get role", c.api.GetRoleByName, model.SystemAdminRoleId)
	if err != nil {
		return nil, false, err
	}
	return role, slices.Contains(role.Permissions, model.PermissionManageOAuth.Id), nil
}

// findApp returns the app that an earlier run made for this address, or nil.
func (c *connecting) findApp(ctx context.Context) (*model.OAuthApp, error) {
	const size = 200
	for page := 0; ; page++ {
		apps, err := call2(ctx, c.server, "list apps", c.api.GetOAuthApps, page, size)
		if err != nil {
			return nil, err
		}
		for _, app := range apps {
			if app.Name == appName && slices.Contains(app.CallbackUrls, c.callback()) {
				return app, nil
			}
		}
		if len(apps) < size {
			return nil, nil
		}
	}
}

func (c *connecting) createApp(ctx context.Context) (*model.OAuthApp, error) {
	app, err := call(ctx, c.server, "create app", c.api.CreateOAuthApp, &model.OAuthApp{
		Name: appName, Description: c.Texts.Text("chat.connect_bot_about", "URL", c.ToolURL),
		Homepage: c.ToolURL, CallbackUrls: model.StringArray{c.callback()}, IsTrusted: true,
	})
	if err == nil {
		c.done("chat.connect_app_made")
	}
	return app, err
}

// reuseApp keeps the secret, which a running service may be using, where the
// server shows it.
func (c *connecting) reuseApp(ctx context.Context, app *model.OAuthApp) (_ *model.OAuthApp, err error) {
	if app.ClientSecret == "" {
		if app, err = call(ctx, c.server, "regenerate secret", c.api.RegenerateOAuthAppSecret, app.Id); err != nil {
			return nil, err
		}
	}
	if !app.IsTrusted {
		app.IsTrusted = true
		secret := app.ClientSecret
		if app, err = call(ctx, c.server, "update app", c.api.UpdateOAuthApp, app); err != nil {
			return nil, err
		}
		app.ClientSecret = firstOf(app.ClientSecret, secret)
	}
	c.done("chat.connect_app_found")
	return app, nil
}
