package main

import (
	"context"
	"fmt"
	"strconv"

	"classbridge/admin"
	"classbridge/classroom"
)

type platformDelete struct {
	ID  string `arg:"" help:"Id or name of the registration."`
	Yes bool   `name:"yes" help:"What goes with it was read, and is to go."`
}

// Run implements the command.
func (c platformDelete) Run(ctx context.Context, p *program) error {
	return p.changePlatform(ctx, c.ID, func(s *store, platform classroom.Platform) error {
		weight, err := s.WeighPlatform(ctx, platform.TenantID, platform.ID)
		if err != nil {
			return err
		}
		if !c.Yes {
			p.doing.noted = true // it only looked
			return c.weigh(p, platform, weight)
		}
		err = s.DeletePlatform(ctx, platform.TenantID, platform.ID)
		err = p.refused(p.record(ctx, s, admin.Act{Name: "platform.delete", Subject: platform.Name, SubjectID: platform.ID}, err))
		if err == nil {
			fmt.Fprintf(p.out, "deleted %s\n", platform.Name)
		}
		return err
	})
}

func (c platformDelete) weigh(p *program, platform classroom.Platform, w classroom.PlatformWeight) error {
	var rows [][]string
	for _, line := range []struct {
		what  string
		count int64
	}{
		{"courses", w.Courses}, {"rooms", w.Rooms}, {"classes held", w.Classes}, {"recordings (BigBlueButton keeps them)", w.Recordings}, {"people", w.People},
		{"links to chat accounts", w.Links}, {"launches", w.Launches}, {"grades", w.Grades}, {"adoptions, that could not be reverted any more", w.Adoptions},
	} {
		rows = append(rows, []string{strconv.FormatInt(line.count, 10), line.what})
	}
	p.printTable("COUNT WHAT", rows)
	fmt.Fprintf(p.out, "\nAll of this would go with %s. Nothing was deleted: classbridge platform disable %s, then classbridge platform delete %s --yes\n", platform.Name, platform.ID, platform.ID)
	return nil
}
