package sshd

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for _, row := range []struct {
		name, line string
		want       []string // nil: an error
	}{
		{"plain words", "sudo -n id  -u", []string{"sudo", "-n", "id", "-u"}},
		{"quotes hold spaces and what a shell would interpret", "echo 'a  b' '$x;'", []string{"echo", "a  b", "$x;"}},
		{"a quote within quotes", `echo 'it'\''s'`, []string{"echo", "it's"}},
		{"an empty word", "echo ''", []string{"echo", ""}},
		{"an open quote", "echo 'a", nil},
		{"a pipe", "cat | sh", nil},
		{"a variable", "echo $HOME", nil},
		{"a backslash at the end", `echo \`, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Words(row.line)
			if (err != nil) != (row.want == nil) {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(row.want, got); err == nil && diff != "" {
				t.Error(diff)
			}
		})
	}
}
