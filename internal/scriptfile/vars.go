package scriptfile

import (
	"strings"

	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/script/wst"
)

// VarOptions are the flags about variables, as they were typed.
type VarOptions struct{ vars, files, secrets []string }

// Rows are those flags.
func (o *VarOptions) Rows() []flags.Row {
	return []flags.Row{
		{Name: "var", Arg: "NAME=VALUE", Summary: "set ${NAME}; repeatable",
			Detail: "Wins over `--vars`, which wins over `WSLINE_VAR_NAME` in the environment.",
			Value:  flags.List(&o.vars)},
		{Name: "vars", Arg: "FILE", Summary: "set variables from lines NAME=VALUE",
			Value: flags.List(&o.files)},
		{Name: "secret", Arg: "NAME=VALUE", Summary: "set ${NAME}, and show its value nowhere",
			Detail: "Not on the terminal and in no report: `<secret NAME>` stands there. Repeatable. " +
				"Other users of the machine may see arguments of a program: where that matters, set " +
				"`WSLINE_VAR_NAME` and give `--secret NAME`, which takes the value from there.",
			Value: flags.List(&o.secrets)},
	}
}

// Vars are the variables that all files begin with. What comes later wins.
func (o *VarOptions) Vars(e *env.Env) (*wst.Vars, error) {
	vars := &wst.Vars{}
	if e.Environ != nil {
		if err := assignEnviron(vars, e.Environ()); err != nil {
			return nil, exit.Usagef("", "%v", err)
		}
	}
	for _, path := range o.files {
		content, err := flags.ReadText("--vars", path)
		if err != nil {
			return nil, err
		}
		if err := assignFile(vars, path, content); err != nil {
			return nil, exit.Usagef(Errors(err)[0].Hint, "--vars: %v", Errors(err)[0])
		}
	}
	if err := SetVars(vars, o.vars); err != nil {
		return nil, err
	}
	for _, assignment := range o.secrets {
		if err := setSecret(vars, assignment); err != nil {
			return nil, err
		}
	}
	return vars, nil
}

// SetVars sets what the arguments of --var say, NAME=VALUE each.
func SetVars(vars *wst.Vars, assignments []string) error {
	for _, assignment := range assignments {
		if err := assign(vars.Set, assignment); err != nil {
			return exit.Usagef("write --var NAME=VALUE", "--var %q: %v", assignment, err)
		}
	}
	return nil
}

// setSecret sets what --secret says. A name alone is of a variable that has a value by now, from
// the environment or a file.
func setSecret(vars *wst.Vars, given string) error {
	if !strings.Contains(given, "=") {
		value, ok := vars.Lookup(given)
		if !ok {
			// It may be a value whose name was forgotten: it is not quoted.
			return exit.Usagef("write --secret NAME=VALUE",
				"--secret: there is no = and no variable of that name")
		}
		given += "=" + value
	}
	if err := assign(vars.SetSecret, given); err != nil {
		return exit.Usagef("write --secret NAME=VALUE", "--secret: %v", err)
	}
	return nil
}
