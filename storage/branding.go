package storage

import (
	"context"
	"encoding/base64"

	"classbridge/admin"
)

// FindBranding reads how the tenant's pages look.
func (q queries) FindBranding(ctx context.Context, tenantID string) (admin.Branding, bool, error) {
	return find[admin.Branding](ctx, q, "branding", "tenant_id = ?", tenantID)
}

// FindBranding reads how the tenant's pages look, as it was at most half a second ago.
func (db *DB) FindBranding(ctx context.Context, tenantID string) (admin.Branding, bool, error) {
	return remembered(db.cache.brandings, tenantID, func() (admin.Branding, bool, error) { return db.queries.FindBranding(ctx, tenantID) })
}

// SaveBranding inserts or replaces how the tenant's pages look.
func (q queries) SaveBranding(ctx context.Context, b admin.Branding) error {
	return wrap("save branding", q.on(ctx).Exec(`INSERT INTO brandings (tenant_id, accent, logo, updated_at)
		VALUES (?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET accent = excluded.accent, logo = excluded.logo, updated_at = excluded.updated_at`,
		b.TenantID, b.Accent, b.Logo, b.UpdatedAt).Error)
}

// SaveBranding is that of queries; the DB learns of it at commit.
func (t *tx) SaveBranding(ctx context.Context, b admin.Branding) error {
	t.wrote = true
	return t.queries.SaveBranding(ctx, b)
}

// logo is a picture as its table holds it.
type logo struct{ TenantID, Digest, Picture string }

// Logo reads the tenant's picture of that digest.
func (q queries) Logo(ctx context.Context, tenantID, digest string) ([]byte, error) {
	l, err := get[logo](ctx, q, "logo", "tenant_id = ? AND digest = ?", tenantID, digest)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(l.Picture)
}

// SaveLogo inserts or replaces the tenant's picture.
func (q queries) SaveLogo(ctx context.Context, tenantID, digest string, picture []byte) error {
	return wrap("save logo", q.on(ctx).Exec(`INSERT INTO logos (tenant_id, digest, picture)
		VALUES (?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET digest = excluded.digest, picture = excluded.picture`,
		tenantID, digest, base64.StdEncoding.EncodeToString(picture)).Error)
}
