package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const (
	fileMost     = 16 << 20         // bytes of a file that people have written or a plan was saved in
	pipePatience = 10 * time.Second // until a pipe must have ended
)

// ReadFile reads a named file. It is bounded in length and
// time, whatever the name stands for: a device, or a pipe without an end.
func ReadFile(path string) ([]byte, error) {
	if path == "-" {
		return nil, refused(path, "is standard input, which later commands could not read again; write it to a file (or name /dev/stdin, for one look)")
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe without a writer would block
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return nil, refused(path, "is a directory")
	case mode&(fs.ModeDevice|fs.ModeSocket) != 0:
		return nil, refused(path, "is a device, no file")
	case mode&fs.ModeNamedPipe != 0:
		_ = f.SetReadDeadline(time.Now().Add(pipePatience)) // of a pipe that knows none, the writer is waited for
	}
	data, err := io.ReadAll(io.LimitReader(f, fileMost+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, refused(path, fmt.Sprintf("is a pipe that has not ended within %s", pipePatience))
	case err != nil:
		return nil, err
	case len(data) > fileMost:
		return nil, refused(path, fmt.Sprintf("is longer than %d MB", fileMost>>20))
	case len(data) == 0 && info.Mode()&fs.ModeNamedPipe != 0:
		return nil, refused(path, "is a pipe that nobody writes into")
	}
	if what := disguise(data); what != "" {
		return nil, refused(path, what)
	}
	return data, nil
}

// refused is an error of reading a file that messages put behind its name.
func refused(path, what string) error {
	return &os.PathError{Op: "read", Path: path, Err: errors.New(what)}
}

// disguise says what data is that is no plain text; empty: nothing that is known.
func disguise(data []byte) string {
	for _, k := range []struct{ magic, what string }{
		{"\x1f\x8b", "is compressed with gzip; unpack it first (gunzip)"},
		{"BZh", "is compressed with bzip2; unpack it first (bunzip2)"},
		{"\xfd7zXZ\x00", "is compressed with xz; unpack it first (unxz)"},
		{"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first (unzstd)"},
		{"PK\x03\x04", "is a zip archive; unpack it first (unzip)"},
		{"\xff\xfe", "is UTF-16; save it as UTF-8"},
		{"\xfe\xff", "is UTF-16; save it as UTF-8"},
		{"\x7fELF", "is a program"},
	} {
		if bytes.HasPrefix(data, []byte(k.magic)) {
			return k.what
		}
	}
	return ""
}
