package sshexec

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"hash"

	"golang.org/x/crypto/ssh"
)

// Neither x/crypto nor the standard library reads an encrypted PKCS #8 key (RFC
// 5958), which "openssl genpkey -aes256" and "ssh-keygen -m PKCS8" write. This
// is PBES2 with PBKDF2 (RFC 8018), as these write it.
const encryptedPKCS8 = "ENCRYPTED PRIVATE KEY"

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// mostRounds bounds what a key file can have us compute: openssl writes 2048.
const mostRounds = 1_000_000

type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2 struct{ KDF, Cipher pkix.AlgorithmIdentifier }

type pbkdf2Params struct {
	Salt   []byte
	Rounds int
	Length int                      `asn1:"optional"`
	PRF    pkix.AlgorithmIdentifier `asn1:"optional"`
}

func isEncryptedPKCS8(text []byte) bool {
	block, _ := pem.Decode(text)
	return block != nil && block.Type == encryptedPKCS8
}

func parsePKCS8(text, phrase []byte) (ssh.Signer, error) {
	if phrase == nil {
		return nil, &ssh.PassphraseMissingError{}
	}
	block, _ := pem.Decode(text)
	plain, err := decryptPKCS8(block.Bytes, phrase)
	if err != nil {
		return nil, err
	}
	private, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil { // the padding was right by chance
		return nil, x509.IncorrectPasswordError
	}
	if _, ok := private.(crypto.Signer); !ok {
		return nil, fmt.Errorf("a key of type %T cannot sign", private)
	}
	return ssh.NewSignerFromKey(private)
}

func decryptPKCS8(der, phrase []byte) ([]byte, error) {
	var key encryptedKey
	var scheme pbes2
	var kdf pbkdf2Params
	other := func(what string, id asn1.ObjectIdentifier) error {
		return fmt.Errorf("it is encrypted by %s %s, which dcos-patch does not read; ssh-keygen -p -f FILE writes it as OpenSSH does", what, id)
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return nil, fmt.Errorf("an encrypted PKCS #8 key: %w", err)
	}
	if !key.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, other("scheme", key.Algorithm.Algorithm)
	}
	if _, err := asn1.Unmarshal(key.Algorithm.Parameters.FullBytes, &scheme); err != nil {
		return nil, fmt.Errorf("an encrypted PKCS #8 key: %w", err)
	}
	if !scheme.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, other("key derivation", scheme.KDF.Algorithm)
	}
	if _, err := asn1.Unmarshal(scheme.KDF.Parameters.FullBytes, &kdf); err != nil {
		return nil, fmt.Errorf("an encrypted PKCS #8 key: %w", err)
	}
	prf := prfOf(kdf.PRF.Algorithm)
	newCipher, size := cipherOf(scheme.Cipher.Algorithm)
	switch {
	case prf == nil:
		return nil, other("hash", kdf.PRF.Algorithm)
	case newCipher == nil:
		return nil, other("cipher", scheme.Cipher.Algorithm)
	case kdf.Rounds < 1 || kdf.Rounds > mostRounds:
		return nil, fmt.Errorf("an encrypted PKCS #8 key of %d rounds", kdf.Rounds)
	}
	secret, err := pbkdf2.Key(prf, string(phrase), kdf.Salt, kdf.Rounds, size)
	if err != nil {
		return nil, err
	}
	var iv []byte
	if _, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil {
		return nil, fmt.Errorf("an encrypted PKCS #8 key: %w", err)
	}
	return decryptCBC(newCipher, secret, iv, key.Data)
}

func decryptCBC(newCipher func([]byte) (cipher.Block, error), secret, iv, data []byte) ([]byte, error) {
	block, err := newCipher(secret)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, fmt.Errorf("an encrypted PKCS #8 key that is cut off")
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > size {
		return nil, x509.IncorrectPasswordError
	}
	for _, b := range plain[len(plain)-pad:] {
		if int(b) != pad {
			return nil, x509.IncorrectPasswordError
		}
	}
	return plain[:len(plain)-pad], nil
}

// prfOf is the hash of an HMAC; SHA-1 where none is said.
func prfOf(id asn1.ObjectIdentifier) func() hash.Hash {
	switch id.String() {
	case "", "1.2.840.113549.2.7":
		return sha1.New
	case "1.2.840.113549.2.8":
		return sha256.New224
	case "1.2.840.113549.2.9":
		return sha256.New
	case "1.2.840.113549.2.10":
		return sha512.New384
	case "1.2.840.113549.2.11":
		return sha512.New
	}
	return nil
}

// cipherOf is a cipher in CBC mode, and the size of its key.
func cipherOf(id asn1.ObjectIdentifier) (func([]byte) (cipher.Block, error), int) {
	switch id.String() {
	case "2.16.840.1.101.3.4.1.2":
		return aes.NewCipher, 16
	case "2.16.840.1.101.3.4.1.22":
		return aes.NewCipher, 24
	case "2.16.840.1.101.3.4.1.42":
		return aes.NewCipher, 32
	case "1.2.840.113549.3.7":
		return des.NewTripleDESCipher, 24
	}
	return nil, 0
}
