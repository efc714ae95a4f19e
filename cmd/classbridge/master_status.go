package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"classbridge/storage"
)

type masterStatus struct {
	JSON bool `name:"json" help:"For scripts."`
}

// masterKeyInUse is a master key and what it is needed for.
type masterKeyInUse struct {
	ID      string           `json:"id"`
	State   string           `json:"state"`
	Since   time.Time        `json:"since,omitzero"`
	Sealed  int64            `json:"sealed"`
	Where   map[string]int64 `json:"where"` // sealed texts by table and column
	Classes int              `json:"classes"`
	Spare   bool             `json:"spare"`
	Needed  string           `json:"needed,omitempty"`
}

// States of a master key.
const (
	keyIsCurrent = "current" // seals and signs
	keyOpens     = "opens"   // an older one
	keyMissing   = "missing" // not at hand
)

// Run implements the command.
func (c masterStatus) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		keys, err := s.masterKeysInUse(ctx, p.now())
		if err != nil {
			return err
		}
		if c.JSON {
			return p.printJSON(keys)
		}
		var rows [][]string
		for _, k := range keys {
			rows = append(rows, []string{k.ID, k.State, shownTime(k.Since), fmt.Sprint(k.Sealed), fmt.Sprint(k.Classes)})
		}
		p.printTable("KEY STATE SINCE SEALED CLASSES", rows)
		for _, k := range keys {
			k.advise(p)
		}
		return nil
	})
}

func shownTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateTime)
}

// advise says what there is to do about a key that is not the current one.
func (k masterKeyInUse) advise(p *program) {
	switch {
	case k.State == keyIsCurrent:
	case k.State == keyMissing:
		fmt.Fprintf(p.out, "%s is not at hand, and seals %s: add it to the keys; if it is lost, classbridge master lost\n", k.ID, k.places())
	case k.Spare:
		fmt.Fprintf(p.out, "%s may go: classbridge master retire %s (keep a copy while backups that it seals are kept)\n", k.ID, k.ID)
	default:
		fmt.Fprintf(p.out, "%s is still needed: %s\n", k.ID, k.Needed)
	}
}

func (k masterKeyInUse) places() string {
	var places []string
	for name, n := range k.Where {
		places = append(places, fmt.Sprintf("%d in %s", n, name))
	}
	return strings.Join(sorted(places), ", ")
}

// masterKeysInUse lists the keys at hand, the current one first, and then those
// that the database needs and that are not.
func (s *store) masterKeysInUse(ctx context.Context, now time.Time) ([]masterKeyInUse, error) {
	sealed, err := s.Sealed(ctx)
	if err != nil {
		return nil, err
	}
	since, err := s.MasterKeysSince(ctx)
	if err != nil {
		return nil, err
	}
	classes, err := s.OpenMeetingKeys(ctx)
	if err != nil {
		return nil, err
	}
	ids := s.keys.IDs()
	classes[ids[len(ids)-1]] += classes[""] // of before this was kept: of the oldest key
	all := newMasterKeys(ids, sealed)
	for i := range all {
		k := &all[i]
		k.Since, k.Classes = since[k.ID].UTC(), classes[k.ID]
		k.judge(since[ids[0]], now)
	}
	return all, nil
}

func newMasterKeys(ids []string, sealed []storage.Sealed) []masterKeyInUse {
	var all []masterKeyInUse
	add := func(id, state string) int {
		all = append(all, masterKeyInUse{ID: id, State: state, Where: map[string]int64{}})
		return len(all) - 1
	}
	for i, id := range ids {
		state := keyOpens
		if i == 0 {
			state = keyIsCurrent
		}
		add(id, state)
	}
	for _, s := range sealed {
		i := slices.IndexFunc(all, func(k masterKeyInUse) bool { return k.ID == s.Key })
		if i < 0 {
			i = add(s.Key, keyMissing)
		}
		all[i].Sealed += s.Rows
		all[i].Where[s.String()] += s.Rows
	}
	return all
}

// signedFor is how long anything lives that is signed with a master key: the way
// back from a class, at most.
const signedFor = 24 * time.Hour

// judge says whether an old key may go: nothing is sealed with it, no class runs
// whose passwords come from it, and what it has signed has expired.
func (k *masterKeyInUse) judge(rotated, now time.Time) {
	if k.State == keyIsCurrent {
		return
	}
	expired := rotated.Add(signedFor)
	switch {
	case k.Sealed > 0:
		k.Needed = "it seals " + k.places() + ": classbridge master reseal"
	case k.Classes > 0:
		k.Needed = fmt.Sprintf("%d classes run that began with it", k.Classes)
	case now.Before(expired):
		k.Needed = "what it signed is good until " + expired.UTC().Format(time.DateTime) + " UTC"
	default:
		k.Spare = true
	}
}
