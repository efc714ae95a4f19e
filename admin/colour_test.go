package admin

import "testing"

// Whatever colour a school chooses, its pages can be read, by day and by night.
func TestShadesCanBeRead(t *testing.T) {
	for _, text := range []string{"#000000", "#ffffff", "#ffff00", "#0000ff", "#808080", "#0d5c63", "#ff0000", "#00FF00", "7f7f00"} {
		accent, ok := ParseColour(text)
		if !ok {
			t.Fatalf("%s is no colour", text)
		}
		light, dark := ShadesOf(accent)
		for name, pair := range map[string]struct {
			on    Colour
			shade Colour
		}{
			"light": {lightGround(), light.Accent}, "light, white": {white(), light.Accent}, "light, strong": {lightGround(), light.Strong}, "light, button": {light.On, light.Accent}, "light, button held": {light.On, light.Strong},
			"dark": {darkGround(), dark.Accent}, "dark, strong": {darkGround(), dark.Strong}, "dark, button": {dark.On, dark.Accent}, "dark, button held": {dark.On, dark.Strong},
		} {
			if c := pair.shade.Contrast(pair.on); c < readable {
				t.Errorf("%s, %s: %s on %s has %.2f:1", text, name, pair.shade, pair.on, c)
			}
		}
	}
	if c := black().Contrast(white()); c < 20.9 || c > 21.1 {
		t.Errorf("black on white has %.2f:1", c)
	}
	for _, text := range []string{"", "red", "#fff", "#gggggg", "#0d5c63;", "url(x)"} {
		if _, ok := ParseColour(text); ok {
			t.Errorf("%q is a colour", text)
		}
	}
}
