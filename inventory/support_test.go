package inventory

import (
	"errors"
	"os"
)

func onDisk(path string) ([]byte, error) { return os.ReadFile(path) }

func noHome() (string, error) { return "", errors.New("HOME is not set") }

