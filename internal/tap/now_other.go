//go:build !unix

package tap

import "errors"

const canTry = false

var errNotNow = errors.New("not now")

func tryRead(uintptr, []byte) (int, error)  { return 0, errNotNow }
func tryWrite(uintptr, []byte) (int, error) { return 0, errNotNow }
