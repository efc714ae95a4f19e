package locales

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Catalogue is the texts of all languages. It is safe for concurrent use.
type Catalogue struct {
	bundle   *i18n.Bundle
	tags     []language.Tag // English first: what nobody asked for
	matcher  language.Matcher
	printers []*Printer                         // of tags
	ids      map[language.Tag]map[string]string // id to the file that has it
}

// Load reads the catalogue that is built into the program.
func Load() (*Catalogue, error) { return load(files) }

func load(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{
		bundle: i18n.NewBundle(language.English),
		tags:   []language.Tag{language.English},
		ids:    map[language.Tag]map[string]string{},
	}
	names, err := fs.Glob(fsys, "*/*.json")
	if err != nil {
		return nil, fmt.Errorf("load texts: %w", err)
	}
	for _, name := range names {
		if err := c.add(fsys, name); err != nil {
			return nil, fmt.Errorf("load texts %s: %w", name, err)
		}
	}
	c.matcher = language.NewMatcher(c.tags)
	for _, tag := range c.tags {
		c.printers = append(c.printers, newPrinter(c.bundle, tag))
	}
	return c, nil
}

func (c *Catalogue) add(fsys fs.FS, name string) error {
	tag, err := language.Parse(path.Dir(name))
	if err != nil {
		return err
	}
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	messages, err := i18n.ParseMessageBytes(b, json.Unmarshal)
	if err != nil {
		return err
	}
	if c.ids[tag] == nil {
		c.ids[tag] = map[string]string{}
	}
	for _, m := range messages {
		if other, twice := c.ids[tag][m.ID]; twice {
			return fmt.Errorf("%q is in %s too", m.ID, other)
		}
		c.ids[tag][m.ID] = name
	}
	if !slices.Contains(c.tags, tag) {
		c.tags = append(c.tags, tag)
	}
	return c.bundle.AddMessages(tag, messages...)
}

// Has reports whether there is an English text of that id.
func (c *Catalogue) Has(id string) bool {
	_, ok := c.ids[language.English][id]
	return ok
}

// IDs lists the ids of the English texts, sorted.
func (c *Catalogue) IDs() []string {
	ids := make([]string, 0, len(c.ids[language.English]))
	for id := range c.ids[language.English] {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// For returns the printer of the language that fits the wishes best, the first
// one counting most. A wish is a BCP 47 tag, the name of a Moodle language pack
// (de_du, pt_br) or an Accept-Language header; what is none of these is ignored.
func (c *Catalogue) For(wishes ...string) *Printer {
	var tags []language.Tag
	for _, w := range wishes {
		tags = append(tags, parseWish(w)...)
	}
	_, i, _ := c.matcher.Match(tags...)
	return c.printers[i]
}
