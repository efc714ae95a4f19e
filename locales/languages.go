package locales

// Language is one that people can choose.
type Language struct {
	Tag  string // BCP 47
	Name string // in itself
}

// Languages lists what the catalogue speaks, English first.
func (c *Catalogue) Languages() []Language {
	all := make([]Language, len(c.printers))
	for i, p := range c.printers {
		all[i] = Language{p.Lang(), p.Text("console.language")}
	}
	return all
}

// Speaks reports whether a tag is that of a language of the catalogue.
func (c *Catalogue) Speaks(tag string) bool {
	for _, t := range c.tags {
		if t.String() == tag {
			return true
		}
	}
	return false
}
