package sheet

import "testing"

func TestPlainCells(t *testing.T) {
	for cell, want := range map[string]string{
		"Ada": "Ada", "": "", "O'Brien-Smith": "O'Brien-Smith", "12.5": "12.5",
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "\t'=1", "  =1": "  '=1", "\u00a0=1": "\u00a0'=1", "\uff0bx": "'\uff0bx",
		"Eve;=1;+2": "Eve;'=1;'+2", "Eve\t@x": "Eve\t'@x", "Eve, -1": "Eve, '-1", "Eve\r\n=1": "Eve\r\n'=1", "a = b - c": "a = b - c",
		"\u200b=1": "\u200b'=1", "\ufeff=1": "\ufeff'=1", "\u3000=1": "\u3000'=1", "==1": "'==1", `"=1`: `"'=1`,
	} {
		if got := plain(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestAppend(t *testing.T) {
	got := string(Append(Append(nil, []string{"Name", `"Al" Eve`}), []string{"=1+1", ""}))
	if want := "\"Name\",\"\"\"Al\"\" Eve\"\r\n\"'=1+1\",\"\"\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
