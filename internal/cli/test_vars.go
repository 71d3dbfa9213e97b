package cli

import (
	"strings"

	"wsline/script/wst"
)

// suiteVars are the variables that all files begin with. What comes later wins.
func suiteVars(env *Env, f *suiteFlags) (*wst.Vars, error) {
	vars := &wst.Vars{}
	if env.Environ != nil {
		if err := vars.SetEnviron(env.Environ()); err != nil {
			return nil, usagef("", "%v", err)
		}
	}
	for _, path := range f.files {
		content, err := readFile("--vars", path)
		if err != nil {
			return nil, err
		}
		if err := vars.SetFile(path, content); err != nil {
			return nil, usagef(syntaxErrors(err)[0].Hint, "--vars: %v", syntaxErrors(err)[0])
		}
	}
	for _, assignment := range f.vars {
		if err := vars.SetFrom(assignment); err != nil {
			return nil, usagef("write --var NAME=VALUE", "--var %q: %v", assignment, err)
		}
	}
	for _, assignment := range f.secrets {
		if err := setSecret(vars, assignment); err != nil {
			return nil, err
		}
	}
	return vars, nil
}

// setSecret sets what --secret says. A name alone is of a variable that has a value by now, from
// the environment or a file.
func setSecret(vars *wst.Vars, given string) error {
	if !strings.Contains(given, "=") {
		value, ok := vars.Lookup(given)
		if !ok {
			// It may be a value whose name was forgotten: it is not quoted.
			return usagef("write --secret NAME=VALUE",
				"--secret: there is no = and no variable of that name")
		}
		given += "=" + value
	}
	if err := vars.SetSecretFrom(given); err != nil {
		return usagef("write --secret NAME=VALUE", "--secret: %v", err)
	}
	return nil
}
