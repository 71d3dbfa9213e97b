package cli

import "flag"

// Update has the generated pages and the scripts written anew.
var Update = flag.Bool("update", false, "write the generated pages anew")

// HelpText is what --help prints.
func HelpText() string {
	root, _ := find(nil)
	return root.helpText()
}
