package dcos

// Truth is a yes or no that an answer may lack. The zero Truth is unknown.
type Truth struct {
	Yes   bool
	Known bool
}

// KnownTruth is the truth of yes.
func KnownTruth(yes bool) Truth { return Truth{Yes: yes, Known: true} }

// IsTrue reports whether the answer is known and is yes.
func (t Truth) IsTrue() bool { return t.Known && t.Yes }

func (t Truth) String() string {
	switch {
	case !t.Known:
		return "unknown"
	case t.Yes:
		return "true"
	}
	return "false"
}
