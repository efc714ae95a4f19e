package doctor

import (
	"context"
	"errors"
	"strconv"
	"syscall"
	"time"
)

func databaseCheck(name string) check { return check{name, GroupDatabase} }

// From which age on waiting work is worth a word, and a failure: each piece is
// tried again within a minute.
const (
	workLate  = 5 * time.Minute
	workStuck = time.Hour
)

// Below which free space is warned of, and fails.
const (
	diskLow  = 2 << 30
	diskFull = 200 << 20
)

// examineDatabase looks at what everything else is read from, and says whether it
// can be.
func (d *Doctor) examineDatabase(ctx context.Context) (results []Result, usable bool) {
	reached := d.CheckDatabase(ctx)
	results = []Result{reached, d.CheckDisk()}
	if reached.State != OK {
		return results, false
	}
	schema := d.CheckSchema(ctx)
	results = append(results, schema)
	if schema.State != OK {
		return results, false
	}
	key := d.CheckMasterKey(ctx)
	return append(results, key, d.CheckQueue(ctx)), key.State == OK
}

// CheckDatabase looks whether the database answers.
func (d *Doctor) CheckDatabase(ctx context.Context) Result {
	c := databaseCheck("database.answers")
	ctx, cancel := within(ctx)
	defer cancel()
	err := d.Broken
	if d.Database != nil {
		err = d.Database.Ping(ctx)
	} else if err == nil {
		err = errors.New("not opened")
	}
	if err != nil {
		return c.failed("doctor.database.silent", "Error", err.Error())
	}
	return c.ok("doctor.database.answers")
}

// CheckSchema looks whether the tables are those of this program.
func (d *Doctor) CheckSchema(ctx context.Context) Result {
	c := databaseCheck("database.schema")
	ctx, cancel := within(ctx)
	defer cancel()
	current, err := d.Database.Migrated(ctx)
	switch {
	case err != nil:
		return c.failed("doctor.database.schema_unread", "Error", err.Error())
	case !current:
		return c.failed("doctor.database.schema_old")
	}
	return c.ok("doctor.database.schema")
}

// CheckMasterKey looks whether our master key opens what is sealed.
func (d *Doctor) CheckMasterKey(ctx context.Context) Result {
	c := databaseCheck("database.key")
	ctx, cancel := within(ctx)
	defer cancel()
	agrees, err := d.Database.KeyAgrees(ctx)
	switch {
	case err != nil:
		return c.failed("doctor.database.read", "Error", err.Error())
	case !agrees:
		return c.failed("doctor.database.key_other")
	}
	return c.ok("doctor.database.key")
}

// CheckQueue looks at the oldest piece of work that waits.
func (d *Doctor) CheckQueue(ctx context.Context) Result {
	c := databaseCheck("database.queue")
	ctx, cancel := within(ctx)
	defer cancel()
	count, oldest, err := d.Database.Waiting(ctx)
	about := []string{"Count", strconv.Itoa(count), "Minutes", strconv.Itoa(int(oldest / time.Minute))}
	switch {
	case err != nil:
		return c.failed("doctor.database.read", "Error", err.Error())
	case oldest >= workStuck:
		return c.failed("doctor.database.queue_stuck", about...)
	case oldest >= workLate:
		return c.warning("doctor.database.queue_late", about...)
	}
	return c.ok("doctor.database.queue", about...)
}

// CheckDisk looks at the space where the data folder is.
func (d *Doctor) CheckDisk() Result {
	c := databaseCheck("database.disk")
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.Data, &s); err != nil {
		return c.skipped("doctor.database.disk_unknown", "Folder", d.Data, "Error", err.Error())
	}
	free := uint64(s.Bavail) * uint64(s.Bsize)
	return judgeDisk(c, free, d.Data)
}

func judgeDisk(c check, free uint64, folder string) Result {
	about := []string{"Free", strconv.FormatUint(free>>20, 10), "Folder", folder}
	switch {
	case free < diskFull:
		return c.failed("doctor.database.disk_full", about...)
	case free < diskLow:
		return c.warning("doctor.database.disk_low", about...)
	}
	return c.ok("doctor.database.disk", about...)
}
