package storage

import (
	"context"

	"classbridge/classroom"
)

// FindDeployment reads a deployment by the platform's own id of it.
func (q queries) FindDeployment(ctx context.Context, platformID, deploymentID string) (classroom.Deployment, bool, error) {
	return find[classroom.Deployment](ctx, q, "deployment", "platform_id = ? AND deployment_id = ?", platformID, deploymentID)
}

// CreateDeployment inserts a deployment.
func (q queries) CreateDeployment(ctx context.Context, d classroom.Deployment) error {
	return create(ctx, q, "create deployment", d)
}

// CreateDeployment inserts a deployment, which the DB learns of at commit.
func (t *tx) CreateDeployment(ctx context.Context, d classroom.Deployment) error {
	t.wrote = true
	return t.queries.CreateDeployment(ctx, d)
}

// FindDeployment reads a deployment, as it was at most half a second ago.
func (db *DB) FindDeployment(ctx context.Context, platformID, deploymentID string) (classroom.Deployment, bool, error) {
	f, err := db.cache.deployments.get(platformID+"\x00"+deploymentID, func() (found[classroom.Deployment], error) {
		d, ok, err := db.queries.FindDeployment(ctx, platformID, deploymentID)
		return found[classroom.Deployment]{d, ok}, err
	})
	return f.value, f.ok, err
}

// CreateDeployment inserts a deployment.
func (db *DB) CreateDeployment(ctx context.Context, d classroom.Deployment) error {
	defer db.cache.drop()
	return db.queries.CreateDeployment(ctx, d)
}

// Deployments lists those of a registration, oldest first.
func (q queries) Deployments(ctx context.Context, platformID string) ([]classroom.Deployment, error) {
	return list[classroom.Deployment](ctx, q, "deployments", 0, "created_at, id", "platform_id = ?", platformID)
}

// SaveDeployment changes a deployment: approves it, or takes that back.
func (q queries) SaveDeployment(ctx context.Context, d classroom.Deployment) error {
	return save(ctx, q, "save deployment "+d.ID, d)
}

// SaveDeployment changes a deployment, which the DB learns of at commit.
func (t *tx) SaveDeployment(ctx context.Context, d classroom.Deployment) error {
	t.wrote = true
	return t.queries.SaveDeployment(ctx, d)
}

// SaveDeployment changes a deployment.
func (db *DB) SaveDeployment(ctx context.Context, d classroom.Deployment) error {
	defer db.cache.drop()
	return db.queries.SaveDeployment(ctx, d)
}
