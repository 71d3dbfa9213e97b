package line

import (
	"slices"

	"github.com/chzyer/readline"
)

// isKill says that a key cuts something for Ctrl-Y.
func isKill(key rune) bool {
	switch key {
	case readline.CharKill, readline.CharCtrlU, readline.CharCtrlW,
		readline.MetaBackspace, readline.MetaDelete:
		return true
	}
	return false
}

// kill removes line[from:to] for a later Ctrl-Y. As in readline, what keys cut one after the other
// is one text, in the order of the line.
func (e *Editor) kill(from, to int) {
	if from >= to {
		return
	}
	line := e.buf.Runes()
	text := slices.Clone(line[from:to])
	switch {
	case !isKill(e.last):
		e.killed = text
	case to == e.buf.Pos():
		e.killed = append(text, e.killed...)
	default:
		e.killed = append(e.killed, text...)
	}
	e.buf.SetWithIdx(from, slices.Delete(line, from, to))
}

// killWord is kill for the keys that ring when there is nothing to cut.
func (e *Editor) killWord(from, to int) Action {
	if from >= to {
		return DoBell
	}
	e.kill(from, to)
	return DoNothing
}

func (e *Editor) killFront() Action {
	e.kill(0, e.buf.Pos())
	return DoNothing
}

func (e *Editor) killRest() Action {
	e.kill(e.buf.Pos(), e.buf.Len())
	return DoNothing
}

func (e *Editor) yank() Action {
	e.buf.WriteRunes(e.killed)
	return DoNothing
}

// transpose swaps the character before the cursor with the one at it, or behind the last the two
// that end the line.
func (e *Editor) transpose() Action {
	line, pos := e.buf.Runes(), e.buf.Pos()
	if pos == len(line) && pos > 0 {
		pos = clusterStart(line, pos)
	}
	if pos == 0 {
		return DoBell
	}
	from, to := clusterStart(line, pos), clusterEnd(line, pos)
	swapped := slices.Concat(line[:from], line[pos:to], line[from:pos], line[to:])
	e.buf.SetWithIdx(to, swapped)
	return DoNothing
}
