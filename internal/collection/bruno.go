package collection

import (
	"encoding/base64"
	"errors"
	"strings"

	"wsline/internal/lazy"
)

// A block is one of a .bru file: "headers {", lines, "}".
type block struct {
	name  string
	pairs []Field // names with a ~ before them are switched off
}

var blockStart = lazy.Regexp(`^([a-z][a-z0-9:-]*)\s*\{\s*$`)

func isBru(text string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n"), "\n")
	m := blockStart().FindStringSubmatch(strings.TrimRight(first, "\r"))
	return m != nil
}

// bruBlocks reads the blocks. What is no pair, as in a script, is passed over.
func bruBlocks(text string) (list []block) {
	var b *block
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		m := blockStart().FindStringSubmatch(line)
		switch {
		case b == nil && m != nil:
			b = &block{name: m[1]}
		case b == nil:
		case strings.TrimRight(line, " \t") == "}":
			list, b = append(list, *b), nil
		default:
			name, value, found := strings.Cut(line, ":")
			if value = strings.TrimSpace(value); !found {
				continue
			}
			if strings.HasPrefix(value, "'''") {
				value, i = bruText(lines, i)
			}
			b.pairs = append(b.pairs, Field{strings.Trim(strings.TrimSpace(name), `"`), value})
		}
	}
	return list
}

// bruText reads a text between lines with three apostrophes, without its indentation.
func bruText(lines []string, i int) (text string, end int) {
	_, first, _ := strings.Cut(lines[i], "'''")
	if inner, _, closed := strings.Cut(first, "'''"); closed {
		return strings.TrimSpace(inner), i
	}
	var inner []string
	for end = i + 1; end < len(lines); end++ {
		if strings.HasPrefix(strings.TrimSpace(lines[end]), "'''") {
			break
		}
		inner = append(inner, lines[end])
	}
	indent := -1
	for _, line := range inner {
		if blank := len(line) - len(strings.TrimLeft(line, " ")); strings.TrimSpace(line) != "" &&
			(indent < 0 || blank < indent) {
			indent = blank
		}
	}
	for j, line := range inner {
		inner[j] = line[min(max(indent, 0), len(line)):]
	}
	return strings.TrimSpace(strings.Join(inner, "\n")), min(end, len(lines)-1)
}

func (b *block) get(name string) string {
	for _, p := range b.pairs {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

func readBru(text string) ([]*Request, []string, error) {
	r := &Request{}
	kind, auth := "http", ""
	blocks := bruBlocks(text)
	for _, b := range blocks {
		switch b.name {
		case "meta":
			r.Name, kind = b.get("name"), b.get("type")
		case "ws":
			r.URL, auth = b.get("url"), b.get("auth")
		}
	}
	if kind != "ws" {
		return nil, nil, errors.New(
			"it is a request of Bruno's of the type " + kind + ", which is no WebSocket")
	}
	var messages []bruMessage
	for _, b := range blocks {
		switch b.name {
		case "headers":
			for _, p := range b.pairs {
				if !strings.HasPrefix(p.Name, "~") {
					r.Fields = append(r.Fields, p)
				}
			}
		case "auth:" + auth:
			of := map[string]any{"type": auth}
			for _, p := range b.pairs {
				of[p.Name] = p.Value
			}
			r.login(of)
		case "params:path":
			for _, p := range b.pairs {
				r.URL = replacePath(r.URL, p)
			}
		case "body:ws":
			messages = append(messages, bruMessage{
				b.get("name"), b.get("type"), b.get("content"), b.get("selected") == "true"})
		}
		if strings.HasPrefix(b.name, "script:") || b.name == "tests" {
			r.LeftOut = append(r.LeftOut, "the block "+b.name)
		}
	}
	if auth == "inherit" {
		r.LeftOut = append(r.LeftOut, "the login of the folder or collection")
	}
	r.take(messages)
	return []*Request{r}, nil, nil
}

type bruMessage struct {
	name, kind, text string
	selected         bool
}

// take keeps the messages that are selected, or all where none is: older versions select none.
func (r *Request) take(messages []bruMessage) {
	some := false
	for _, m := range messages {
		some = some || m.selected
	}
	for _, m := range messages {
		if some && !m.selected {
			r.LeftOut = append(r.LeftOut, "the message "+m.name+", which is not selected")
			continue
		}
		message := Message{Text: m.text}
		if m.kind == "binary" {
			if p, err := base64.StdEncoding.DecodeString(m.text); err == nil {
				message = Message{Text: string(p), Binary: true}
			}
		}
		r.Messages = append(r.Messages, message)
	}
}

// readOpenCollection reads a request of Bruno's in YAML.
func readOpenCollection(doc map[string]any) ([]*Request, []string, error) {
	ws := doc["websocket"]
	r := &Request{
		Name: text(at(doc["info"], "name")), URL: text(at(ws, "url")), Fields: pairs(at(ws, "headers")),
	}
	if at(ws, "auth") == "inherit" {
		r.LeftOut = append(r.LeftOut, "the login of the folder or collection")
	}
	r.login(at(ws, "auth"))
	var messages []bruMessage
	one, isOne := at(ws, "message").(map[string]any)
	if isOne {
		messages = append(messages, bruMessage{"", text(one["type"]), text(one["data"]), true})
	}
	for _, m := range items(at(ws, "message")) {
		messages = append(messages, bruMessage{text(m["title"]), text(at(m["message"], "type")),
			text(at(m["message"], "data")), isTrue(m["selected"])})
	}
	r.take(messages)
	return []*Request{r}, nil, nil
}
