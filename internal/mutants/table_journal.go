package mutants

// journalMutants lose or misread what was recorded.
func journalMutants() []Mutant {
	return in("journal/file.go",
		Mutant{Name: "a record is not synced", Old: "if err := j.f.Sync(); err != nil {\n\t\treturn fmt.Errorf(\"syncing journal: %w\", err)\n\t}", New: ""},
		Mutant{Name: "a wrong checksum is read", Old: "; !bytes.Equal(got, want) {", New: "; len(got) != len(want) {"},
		Mutant{Name: "a torn line is read", Old: "\thead := len(linePrefix)", New: "\tline = append(bytes.TrimSuffix(line, []byte(\"\\n\")), '\\n')\n\thead := len(linePrefix)"},
		Mutant{Name: "a journal may be made over another", Old: "os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600", New: "os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600"},
		Mutant{Name: "others may read a journal", Old: "os.O_EXCL|os.O_APPEND, 0o600)", New: "os.O_EXCL|os.O_APPEND, 0o644)"},
	)
}
