package dcos

// Script is what a node patch script (dcos_node_upgrade.sh) says about
// itself. Every field is read out of its text: see ParseScript.
type Script struct {
	URL        string   `json:"url"`
	SHA256     string   `json:"sha256"`
	From       Version  `json:"from"`
	To         Version  `json:"to"`
	Repository string   `json:"repository"` // bootstrap_url that it fetches packages from
	Packages   []string `json:"packages"`   // package ids, sorted; the same for every role
	NoBlock    bool     `json:"no_block"`   // activates with --no-block (up to 2.1): returns while old daemons may still run
}
