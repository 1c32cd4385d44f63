package sshexec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// knownFiles keeps what known_hosts files say, read once for all connections of
// a Pool: it is as long as the cluster is large. Files that have changed are read
// again. The nil knownFiles keeps nothing.
type knownFiles struct {
	mu   sync.Mutex
	read map[string]readFiles // by the files' names
}

// readFiles is what files said, and what they were then.
type readFiles struct {
	were []os.FileInfo
	db   *knownDB
}

// knownDB is what files say: only read, by any number of connections. Each
// question goes through all of their lines, so that what a node may have is kept.
type knownDB struct {
	*knownhosts.HostKeyDB

	mu    sync.Mutex
	algos map[string][]string // of the keys that a node may have, by its address
}

// open reads the files that are there.
func (k *knownFiles) open(files []string) (*knownDB, error) {
	var there []string
	var are []os.FileInfo
	for _, f := range files {
		info, err := os.Stat(f)
		if err == nil {
			there, are = append(there, f), append(are, info)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: reading known_hosts: %w", ErrHostKey, err)
		}
	}
	if k == nil {
		return readKnown(there)
	}
	k.mu.Lock() // those who dial at the same time read them once
	defer k.mu.Unlock()
	name := strings.Join(there, "\x00")
	if last, ok := k.read[name]; ok && slices.EqualFunc(last.were, are, unchanged) {
		return last.db, nil
	}
	db, err := readKnown(there)
	if err != nil {
		return nil, err
	}
	if k.read == nil {
		k.read = map[string]readFiles{}
	}
	k.read[name] = readFiles{are, db}
	return db, nil
}

func readKnown(files []string) (*knownDB, error) {
	db, err := knownhosts.NewDB(files...)
	if err != nil {
		return nil, fmt.Errorf("%w: reading known_hosts: %w", ErrHostKey, err)
	}
	return &knownDB{HostKeyDB: db, algos: map[string][]string{}}, nil
}

// algorithms are those of the keys that a node may have. An authority signs
// keys of any type, whatever its own.
func (db *knownDB) algorithms(addr string) []string {
	db.mu.Lock()
	algos, known := db.algos[addr]
	db.mu.Unlock()
	if known {
		return algos
	}
	algos = db.HostKeyAlgorithms(addr)
	for _, key := range db.HostKeys(addr) {
		if !key.Cert {
			continue
		}
		for _, any := range []string{ssh.CertAlgoED25519v01, ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01, ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01} {
			if !slices.Contains(algos, any) {
				algos = append(algos, any)
			}
		}
	}
	db.mu.Lock()
	db.algos[addr] = algos
	db.mu.Unlock()
	return algos
}

func unchanged(was, is os.FileInfo) bool {
	return os.SameFile(was, is) && was.Size() == is.Size() && was.ModTime().Equal(is.ModTime())
}
