package inventory

import _ "embed" // schema.json

//go:embed schema.json
var schema string

// Schema is a JSON Schema (2020-12) of inventories, for editors: every field
// that Parse knows, what it means and its default. It knows less than Parse
// does, and accepts all that Parse accepts.
func Schema() string { return schema }
