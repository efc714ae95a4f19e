package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"classbridge/admin"
	"classbridge/classroom"
)

// personCommands are for somebody who asks what is stored about them.
type personCommands struct {
	Show   personShow   `cmd:"" help:"Say what is stored about somebody: how much of what."`
	Export personExport `cmd:"" help:"Print all that is stored about somebody, as JSON."`
	Erase  personErase  `cmd:"" help:"Erase what is stored about somebody. What is in the LMS, in Mattermost, in recordings and in backups stays."`
}

// personWish is whom a command means.
type personWish struct {
	Who string `arg:"" name:"who" help:"Id of the person, or a name, an e-mail address or the LMS's id that only they have."`
}

// onPerson does something with the person whom the wish means.
func (w personWish) onPerson(ctx context.Context, p *program, do func(*store, *classroom.Classroom, classroom.Person) error) error {
	return p.onStore(ctx, func(s *store) error {
		room := &classroom.Classroom{Store: s, Now: p.now}
		person, err := s.PersonOf(ctx, classroom.DefaultTenant, w.Who)
		if classroom.Is(err, classroom.NotFound) {
			person, err = w.search(ctx, room)
		}
		if err != nil {
			return err
		}
		return do(s, room, person)
	})
}

func (w personWish) search(ctx context.Context, room *classroom.Classroom) (classroom.Person, error) {
	found, err := room.Find(ctx, classroom.DefaultTenant, w.Who)
	switch {
	case err != nil:
		return classroom.Person{}, err
	case len(found.People) == 0:
		return classroom.Person{}, fmt.Errorf("nobody is known as %q", w.Who)
	case len(found.People) == 1:
		return found.People[0].Person, nil
	}
	several := []error{fmt.Errorf("%d people are found by %q; say which, by the id", len(found.People), w.Who)}
	for _, f := range found.People {
		several = append(several, fmt.Errorf("  %s  %s  %s", f.Person.ID, f.Person.DisplayName(), f.Platform))
	}
	return classroom.Person{}, errors.Join(several...)
}

// recordPerson writes down what was done with somebody's data, without the name.
func (p *program) recordPerson(ctx context.Context, s *store, act string, who classroom.Person, detail []string, err error) error {
	return p.record(ctx, s, admin.Act{Name: act, SubjectID: who.ID, Detail: detail}, err)
}

type personShow struct{ personWish }

// Run implements the command.
func (c personShow) Run(ctx context.Context, p *program) error {
	return c.onPerson(ctx, p, func(s *store, room *classroom.Classroom, who classroom.Person) error {
		f, err := room.PersonFile(ctx, who.TenantID, who.ID)
		if err := p.recordPerson(ctx, s, "person.file", who, nil, err); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s  %s  %s, %s\n", who.ID, who.DisplayName(), f.Platform.Name, who.Subject)
		count := func(what string, n int) []string { return []string{what, strconv.Itoa(n)} }
		p.printTable("WHAT COUNT", [][]string{
			count("courses", len(f.Places)), count("launches", len(f.Launches)), count("attendance", len(f.Seen)), count("grades", len(f.Grades)),
			count("tries to join", len(f.Tries)), count("refused launches", len(f.Refusals)), count("classes started", len(f.Started)),
		})
		for _, twin := range f.Twins {
			fmt.Fprintf(p.out, "the same e-mail address has %s, of %s\n", twin.Person.ID, twin.Platform)
		}
		return nil
	})
}

type personExport struct{ personWish }

// Run implements the command.
func (c personExport) Run(ctx context.Context, p *program) error {
	return c.onPerson(ctx, p, func(s *store, room *classroom.Classroom, who classroom.Person) error {
		f, err := room.PersonFile(ctx, who.TenantID, who.ID)
		if err := p.recordPerson(ctx, s, "person.export", who, nil, err); err != nil {
			return err
		}
		return p.printJSON(f.Export(p.now()))
	})
}

type personErase struct {
	personWish
	Yes bool `help:"Do it: without this nothing is erased."`
}

// Run implements the command.
func (c personErase) Run(ctx context.Context, p *program) error {
	return c.onPerson(ctx, p, func(s *store, room *classroom.Classroom, who classroom.Person) error {
		if !c.Yes {
			return usageError{fmt.Errorf("would erase %s (%s); say --yes to do it", who.ID, who.DisplayName())}
		}
		erased, err := room.ErasePerson(ctx, who.TenantID, who.ID)
		if err := p.recordPerson(ctx, s, "person.erase", who, erased.Lines(), err); err != nil {
			return p.refused(err)
		}
		for _, line := range erased.Lines() {
			fmt.Fprintln(p.out, line)
		}
		return nil
	})
}
