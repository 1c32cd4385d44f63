package journal

import "io"

// These keep the events of a journal, as tests want them; on an error they give none.

func Append(path string) (*File, []Event, error) {
	var events []Event
	f, err := AppendEach(path, func(e Event) { events = append(events, e) })
	if err != nil {
		return nil, nil, err
	}
	return f, events, nil
}

func Read(path string) ([]Event, error) {
	var events []Event
	if err := ReadEach(path, func(e Event) { events = append(events, e) }); err != nil {
		return nil, err
	}
	return events, nil
}

func Decode(path string, r io.Reader) (events []Event, whole int64, err error) {
	whole, err = Walk(path, r, Longest{}, func(e Event) { events = append(events, e) })
	if err != nil {
		return nil, 0, err
	}
	return events, whole, nil
}
