package flight

// keeper says of each line of a file whether it stays in it. What is not a
// sample stays in any case.
type keeper func([]line) []bool

// keepEnds keeps the first n bytes of samples, and the last n.
func keepEnds(n int64) keeper {
	return func(lines []line) []bool {
		keep := make([]bool, len(lines))
		size := func(l line) int64 {
			b, _ := encode(l) // it was decoded: it can be encoded
			return int64(len(b))
		}
		for i, left := 0, n; i < len(lines) && left > 0; i++ {
			left -= size(lines[i])
			keep[i] = true
		}
		for i, left := len(lines)-1, n; i >= 0 && left > 0; i-- {
			left -= size(lines[i])
			keep[i] = true
		}
		return keep
	}
}

// keepFirstAndLast keeps the first and the last sample of each gate, in every
// take.
func keepFirstAndLast(lines []line) []bool {
	keep := make([]bool, len(lines))
	last := map[string]int{}
	end := func() {
		for _, i := range last {
			keep[i] = true
		}
		clear(last)
	}
	for i, l := range lines {
		switch {
		case l.Began != nil:
			end()
		case l.Gate != "":
			_, has := last[l.Gate]
			keep[i] = !has
			last[l.Gate] = i
		}
	}
	end()
	return keep
}

// rewritten is the bytes of a file with what is kept of its lines. How many
// samples are left out stands where they were.
func rewritten(lines []line, keep keeper) ([]byte, error) {
	keeps := keep(lines)
	var in folder
	out := writer{}
	for i, l := range lines {
		if l.Gate == "" {
			in.forget()
			out.other(l)
			continue
		}
		s, err := in.unfold(l)
		switch {
		case err != nil:
			return nil, err
		case keeps[i]:
			out.sample(s)
		default:
			out.left++
		}
	}
	out.settle()
	return out.b, out.err
}

// writer writes lines, and samples left out when something follows them.
type writer struct {
	b    []byte
	left int
	fold folder
	err  error
}

func (w *writer) line(l line) {
	b, err := encode(l)
	if err != nil {
		w.err = err
	}
	w.b = append(w.b, b...)
}

func (w *writer) settle() {
	if w.left > 0 {
		w.fold.forget()
		w.line(line{LeftOut: w.left})
		w.left = 0
	}
}

func (w *writer) sample(s Sample) {
	w.settle()
	w.line(w.fold.fold(s))
}

func (w *writer) other(l line) {
	if l.LeftOut > 0 {
		w.left += l.LeftOut
		return
	}
	w.settle()
	w.fold.forget()
	w.line(l)
}
