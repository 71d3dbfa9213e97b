// Package collection reads the files in which other programs keep requests, as far as these are
// for WebSockets: Insomnia's exports (version 4 and 5), Bruno's requests (.bru and .yml), and those
// of Postman and Hoppscotch. It takes bytes and returns values: what becomes of them is not its
// business.
//
// Variables stay in the texts as these programs write them; see Variable.
package collection

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"wsline/internal/lazy"
)

// A Request is a WebSocket request that was kept.
type Request struct {
	Name           string
	URL            string
	Fields         []Field
	User, Password string // of a login; "" for none
	Messages       []Message
	LeftOut        []string // what of it is not here, as a person would say it
}

// A Field is a header field.
type Field struct{ Name, Value string }

// A Message is one that was kept to be sent.
type Message struct {
	Text   string
	Binary bool // then Text are the bytes
}

// Variable is a variable in a text, with its name in the first group: {{name}}, Insomnia's {{ _.name }},
// or Hoppscotch's <<name>>.
var Variable = lazy.Regexp(`\{\{ *(?:_\.)?([A-Za-z_$][\w.$ -]*?) *\}\}|<<([A-Za-z_$][\w.$-]*)>>`)

// Read returns the requests of a file, and what of the file is left out. An error says what the file
// seems to be when it is none of these.
func Read(file []byte) (list []*Request, leftOut []string, err error) {
	text := string(bytes.TrimPrefix(file, []byte("\ufeff")))
	if isBru(text) {
		return readBru(text)
	}
	top, err := decode(text)
	if err != nil {
		return nil, nil, err
	}
	doc, _ := top.(map[string]any)
	kind, schema := at(doc, "type"), at(at(doc, "info"), "schema")
	switch {
	case at(doc, "_type") == "export":
		return readInsomnia4(doc)
	case isText(kind, "collection.insomnia.rest/5"), isText(kind, "spec.insomnia.rest/5"):
		return readInsomnia5(doc)
	case at(doc, "$kind") == "websocket-request":
		return readPostman(doc)
	case isText(schema, "https://schema.getpostman.com/"), isText(schema, "https://schema.postman.com/"):
		return readPostmanExport(doc)
	case at(at(doc, "info"), "type") == "websocket":
		return readOpenCollection(doc)
	}
	if list, ok := top.([]any); ok || at(doc, "folders") != nil && at(doc, "requests") != nil {
		return readHoppscotch(append(list, top))
	}
	return nil, nil, errors.New(guess(doc))
}

// decode reads JSON or YAML. JSON is not read as YAML, which takes no tabs and no surrogates.
func decode(text string) (top any, err error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if d.Decode(&top) == nil && !d.More() {
			return top, nil
		}
	}
	if err := yaml.Unmarshal([]byte(text), &top); err != nil {
		return nil, errors.New("it is neither JSON nor YAML nor a .bru file")
	}
	return top, nil
}

// guess says what a file seems to be.
func guess(doc map[string]any) string {
	for _, g := range []struct{ member, what string }{
		{"openapi", "an OpenAPI description, which has no WebSockets"},
		{"swagger", "an OpenAPI description, which has no WebSockets"},
		{"asyncapi", "an AsyncAPI description, which is not read"},
		{"_postman_variable_scope", "a Postman environment, and no collection"},
		{"$kind", "a file of Postman's that is no WebSocket request"},
		{"info", "a request of Bruno's that is none for a WebSocket, or another description"},
	} {
		if at(doc, g.member) != nil {
			return "it seems to be " + g.what
		}
	}
	if doc != nil {
		return "it is JSON or YAML of a kind that is not known here"
	}
	return "it is no file of Insomnia, Bruno, Postman or Hoppscotch, no HAR and no curl command"
}

// at is a member of an object, nil for none.
func at(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}

// text is a value as it is sent, "" for none.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}

func isText(v any, prefix string) bool {
	s, ok := v.(string)
	return ok && strings.HasPrefix(s, prefix)
}

func isTrue(v any) bool { return v == true }

// items are the members of a list that are objects.
func items(v any) (list []map[string]any) {
	all, _ := v.([]any)
	for _, item := range all {
		if m, ok := item.(map[string]any); ok {
			list = append(list, m)
		}
	}
	return list
}

// pairs are the fields, or parameters, of a list that are not switched off. Their names stand in key or
// name; an object has them as members.
func pairs(v any) (list []Field) {
	for _, p := range items(v) {
		name := text(p["name"])
		if name == "" {
			name = text(p["key"])
		}
		isOff := isTrue(p["disabled"]) || p["enabled"] == false || p["active"] == false
		if name != "" && !isOff {
			list = append(list, Field{name, text(p["value"])})
		}
	}
	return list
}

// addQuery adds parameters to a URL.
func addQuery(address string, params []Field) string {
	for _, p := range params {
		mark := "?"
		if strings.Contains(address, "?") {
			mark = "&"
		}
		address += mark + escapeQuery(p.Name) + "=" + escapeQuery(p.Value)
	}
	return address
}

// escapeQuery escapes what would end a parameter; variables stay as they are.
func escapeQuery(s string) string {
	var b strings.Builder
	last := 0
	escape := strings.NewReplacer("%", "%25", "&", "%26", "#", "%23", "+", "%2B", " ", "%20")
	for _, span := range Variable().FindAllStringIndex(s, -1) {
		b.WriteString(escape.Replace(s[last:span[0]]))
		b.WriteString(s[span[0]:span[1]])
		last = span[1]
	}
	b.WriteString(escape.Replace(s[last:]))
	return b.String()
}

// isWebSocket tells whether a URL says so.
func isWebSocket(address string) bool {
	address = strings.ToLower(strings.TrimSpace(address))
	return strings.HasPrefix(address, "ws://") || strings.HasPrefix(address, "wss://")
}

// login adds an authorization, as these programs have it. In an object of credentials or a list of
// keys and values stands the same.
func (r *Request) login(auth any) {
	kind := strings.ToLower(text(at(auth, "type")))
	if kind == "" {
		kind = strings.ToLower(text(at(auth, "authType")))
	}
	get := func(name string) string {
		for _, place := range []any{auth, at(auth, "credentials"), at(auth, kind)} {
			if v := at(place, name); v != nil {
				return text(v)
			}
		}
		for _, place := range []any{at(auth, "credentials"), at(auth, kind)} {
			for _, p := range items(place) {
				if p["key"] == name {
					return text(p["value"])
				}
			}
		}
		return ""
	}
	switch {
	case isTrue(at(auth, "disabled")), at(auth, "authActive") == false:
	case kind == "", kind == "none", kind == "noauth", kind == "inherit":
	case kind == "basic", kind == "digest":
		r.User, r.Password = get("username"), get("password")
	case kind == "bearer":
		prefix := get("prefix")
		if prefix == "" {
			prefix = "Bearer"
		}
		r.Fields = append(r.Fields, Field{"Authorization", prefix + " " + get("token")})
	case kind == "apikey" || kind == "api-key":
		r.apiKey(get("key"), get("value"), strings.ToLower(get("addTo")+get("in")+get("placement")))
	default:
		r.LeftOut = append(r.LeftOut, "the login with "+kind)
	}
}

func (r *Request) apiKey(key, value, place string) {
	switch {
	case strings.Contains(place, "query"):
		r.URL = addQuery(r.URL, []Field{{key, value}})
	case strings.Contains(place, "cookie"):
		r.Fields = append(r.Fields, Field{"Cookie", key + "=" + value})
	default:
		r.Fields = append(r.Fields, Field{key, value})
	}
}
