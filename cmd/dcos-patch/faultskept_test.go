package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"
	"testing"
)

// kept are the outcomes of strikes that went well, by name, in a file of one
// JSON value a line. Without a file nothing is kept.
type kept struct {
	file string
	mu   sync.Mutex
	seen map[string]outcome
}

// keptLine is a line of the file.
type keptLine struct {
	Name    string
	Outcome outcome
}

func readKept(t *testing.T, file string) *kept {
	t.Helper()
	k := &kept{file: file, seen: map[string]outcome{}}
	text, err := os.ReadFile(file)
	if file == "" || errors.Is(err, fs.ErrNotExist) {
		return k
	}
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(bytes.NewReader(text)); dec.More(); {
		var line keptLine
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		k.seen[line.Name] = line.Outcome
	}
	return k
}

// has gives what was kept of a strike.
func (k *kept) has(name string, to *outcome) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	was, ok := k.seen[name]
	if ok {
		*to = was
	}
	return ok
}

// keep keeps an outcome, unless the strike's test has failed.
func (k *kept) keep(t *testing.T, name string, was outcome) {
	if k.file == "" || t.Failed() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	file, err := os.OpenFile(k.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(json.NewEncoder(file).Encode(keptLine{name, was}), file.Close())
	}
	if err != nil {
		t.Error(err)
	}
}
