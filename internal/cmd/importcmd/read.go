package importcmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"wsline/format"
	"wsline/internal/collection"
	"wsline/internal/curl"
	"wsline/internal/dial"
	"wsline/internal/lazy"
	"wsline/internal/target"
	"wsline/internal/wire"
	"wsline/session"
)

// An importer reads a file, whatever it is.
type importer struct {
	from    string // the file's name
	base    string // what its requests are called that have no name
	list    []*conversation
	leftOut []string
}

var archive = lazy.Regexp(`^\s*\{\s*"log"\s*:`)

func (i *importer) read(data []byte) error {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	head := data[:min(len(data), 4<<10)]
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("it is empty")
	case archive().Match(head):
		return i.readHAR(data)
	case curl.Begins(string(head)):
		return i.readCurl(string(data))
	}
	requests, leftOut, err := collection.Read(data)
	i.leftOut = leftOut
	if err != nil {
		return err
	}
	vars := newVariables(string(data))
	for _, r := range requests {
		if err := i.request(r, vars); err != nil {
			return err
		}
	}
	return nil
}

// readCurl reads curl commands: the only one, or those that are for WebSockets.
func (i *importer) readCurl(text string) error {
	all, err := curl.Commands(text)
	if err != nil {
		return err
	}
	for _, words := range all {
		if len(all) > 1 && !curl.IsWebSocket(words) {
			continue
		}
		if err := i.add(i.base, words, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// readHAR reads an archive: a conversation for each connection.
func (i *importer) readHAR(data []byte) error {
	reader := format.NewHARReader(bytes.NewReader(data))
	open := map[string]*conversation{}
	failed := 0
	defer func() {
		if failed == 1 {
			i.leftOut = append(i.leftOut, "1 connection that was not opened")
		} else if failed > 1 {
			i.leftOut = append(i.leftOut, fmt.Sprintf("%d connections that were not opened", failed))
		}
	}()
	for {
		r, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && len(i.list) > 0: // what has been read is still there
			i.leftOut = append(i.leftOut, err.Error())
			return nil
		case err != nil:
			return err
		case r.Failure != nil:
			failed++
			continue
		case r.Event == nil:
			continue
		}
		if r.Event.Kind == session.KindOpen && r.Event.Handshake != nil {
			open[r.Conn] = &conversation{name: i.base, opened: *r.Event,
				words: new(target.Recorded).Words(r.Event.Handshake)}
			i.list = append(i.list, open[r.Conn])
			continue
		}
		if c := open[r.Conn]; c != nil {
			event := *r.Event
			event.Payload = bytes.Clone(event.Payload)
			c.events = append(c.events, &event)
		}
	}
}

// request is a conversation that sends what was kept.
func (i *importer) request(r *collection.Request, vars *variables) error {
	address := vars.mark(r.URL)
	if vars.begins(address) {
		address = vars.scheme() + address
	}
	words := []string{"--globoff", "--url", address}
	for _, f := range r.Fields {
		if f.Value == "" {
			words = append(words, "-H", f.Name+";")
			continue
		}
		words = append(words, "-H", f.Name+": "+vars.mark(f.Value))
	}
	if r.User != "" {
		words = append(words, "-u", vars.mark(r.User)+":"+vars.mark(r.Password))
	}
	name := r.Name
	if name == "" {
		name = i.base
	}
	if err := i.add(name, words, vars, r.LeftOut); err != nil {
		return err
	}
	c := i.list[len(i.list)-1]
	for _, m := range r.Messages {
		event := &session.Event{Kind: session.KindMessage, Dir: session.Out, Opcode: wire.OpBinary,
			Payload: []byte(m.Text)}
		if !m.Binary {
			event.Opcode, event.Payload = wire.OpText, []byte(vars.mark(m.Text))
		}
		c.events = append(c.events, event)
	}
	return nil
}

// add is a conversation that connects as curl's words say.
func (i *importer) add(name string, words []string, vars *variables, leftOut []string) error {
	command, err := curl.Translate(words, curl.World{ReadFile: os.ReadFile, Now: time.Now()})
	if err != nil {
		return err
	}
	i.list = append(i.list, &conversation{
		name: name, words: command.Words, vars: vars, leftOut: append(leftOut, command.LeftOut...),
		opened: session.Event{Kind: session.KindOpen, Handshake: &dial.Handshake{}},
	})
	return nil
}
