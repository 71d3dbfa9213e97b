package collection

import (
	"reflect"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		file    string
		want    []*Request
		leftOut []string
	}{
		"Insomnia 4 in YAML, with what a folder has": {
			`_type: export
resources:
- {_id: ws-req_1, parentId: fld_2, name: A, url: "wss://a/:id/:id2?x=1", _type: websocket_request,
   pathParameters: [{name: id, value: "b c"}], parameters: [{name: q, value: "{{ x }}&"}],
   headers: [{name: x-two, value: own}]}
- {_id: fld_2, parentId: fld_1, _type: request_group, headers: [{name: X-Two, value: "2"}]}
- {_id: fld_1, parentId: wrk, _type: request_group, authentication: {type: bearer, token: t, prefix: Token},
   headers: [{name: X-One, value: "1"}]}
- {_id: io, name: IO, _type: socketio_request}
`,
			[]*Request{{Name: "A", URL: "wss://a/b%20c/:id2?x=1&q={{ x }}%26", Fields: []Field{
				{"X-One", "1"}, {"x-two", "own"}, {"Authorization", "Token t"}}}},
			[]string{"the Socket.IO request IO"},
		},
		"folders in a circle": {
			`{"_type":"export","resources":[{"_id":"w","parentId":"f","url":"ws://a","_type":"websocket_request"},
			{"_id":"f","parentId":"f","_type":"request_group"}]}`,
			[]*Request{{URL: "ws://a"}}, nil,
		},
		"JSON with tabs and surrogates": {
			"{\n\t\"_type\": \"export\",\n\t\"resources\": [\n\t\t{\"_id\": \"w\", \"_type\": \"websocket_request\"," +
				"\n\t\t\"url\": \"ws:\\/\\/a\", \"name\": \"\\ud83d\\ude00\"}]}",
			[]*Request{{Name: "\U0001f600", URL: "ws://a"}}, nil,
		},
		"Insomnia 5 without ids": {
			"type: collection.insomnia.rest/5.0\ncollection:\n- {name: A, url: 'wss://a'}\n" +
				"- {name: B, url: 'wss://b', method: GET}\n- {name: C, url: 'https://c'}\n",
			[]*Request{{Name: "A", URL: "wss://a"}}, nil,
		},
		"a .bru file": {
			"\ufeffmeta {\r\n  name: A\r\n  type: ws\r\n}\r\n\r\nws {\r\n  url: wss://a/:id\r\n  auth: basic\r\n}\r\n" +
				"params:path {\n  id: 7\n}\nauth:basic {\n  username: me\n  password: p:w\n}\nauth:bearer {\n  token: t\n}\n" +
				"headers {\n  \"X-Q\": z\n  A: b:c\n}\n" +
				"body:ws {\n  name: m\n  type: text\n  selected: true\n  content: '''\n      a\n        b\n\n  '''\n}\n" +
				"body:ws {\n  name: n\n  content: '''one''' \n}\n",
			[]*Request{{Name: "A", URL: "wss://a/7", User: "me", Password: "p:w",
				Fields:   []Field{{"X-Q", "z"}, {"A", "b:c"}},
				Messages: []Message{{Text: "a\n  b"}},
				LeftOut:  []string{"the message n, which is not selected"}}},
			nil,
		},
		"a .bru file that breaks off": {
			"meta {\n  type: ws\n}\nws {\n  url: ws://a\n}\nbody:ws {\n  content: '''\n    a",
			[]*Request{{URL: "ws://a"}}, nil,
		},
		"a key in the query, a login that is not known": {
			"$kind: websocket-request\nname: A\nurl: ws://a\nauth: {type: apikey, credentials: {key: k, value: v, in: query}}\n",
			[]*Request{{Name: "A", URL: "ws://a?k=v"}}, nil,
		},
		"OAuth": {
			"info: {name: A, type: websocket}\nwebsocket:\n  url: ws://a\n  auth: {type: oauth2}\n" +
				"  message: {type: text, data: hi}\n",
			[]*Request{{Name: "A", URL: "ws://a", Messages: []Message{{Text: "hi"}},
				LeftOut: []string{"the login with oauth2"}}}, nil,
		},
	} {
		list, leftOut, err := Read([]byte(tt.file))
		if err != nil || !reflect.DeepEqual(list, tt.want) || !reflect.DeepEqual(leftOut, tt.leftOut) {
			t.Errorf("%s: %v, left out %q", name, err, leftOut)
			for _, r := range list {
				t.Errorf("got  %+v", *r)
			}
			for _, r := range tt.want {
				t.Errorf("want %+v", *r)
			}
		}
	}
}

func TestReadErrors(t *testing.T) {
	for file, want := range map[string]string{
		"":                          "it is no file of Insomnia, Bruno, Postman or Hoppscotch, no HAR and no curl command",
		"{\"a\": ":                  "it is neither JSON nor YAML nor a .bru file",
		"a: 1":                      "it is JSON or YAML of a kind that is not known here",
		"asyncapi: 3.0.0":           "it seems to be an AsyncAPI description, which is not read",
		"$kind: http-request":       "it seems to be a file of Postman's that is no WebSocket request",
		"meta {\n  type: grpc\n}\n": "it is a request of Bruno's of the type grpc, which is no WebSocket",
		"info: {type: http}":        "it seems to be a request of Bruno's that is none for a WebSocket, or another description",
		`{"_postman_variable_scope":"environment"}`: "it seems to be a Postman environment, and no collection",
	} {
		if _, _, err := Read([]byte(file)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
}

func TestVariable(t *testing.T) {
	for text, want := range map[string]string{
		"{{a}}": "a", "{{ _.b_c }}": "b_c", "<<d>>": "d", "{{process.env.X}}": "process.env.X", "{{$guid}}": "$guid",
		`{"a":{"b":{}}}`: "", "{{1}}": "", "{{}}": "",
	} {
		m := Variable().FindStringSubmatch(text)
		if got := strings.Join(append(m, "", "", "")[1:3], ""); m != nil && got != want || m == nil && want != "" {
			t.Errorf("%s: %q, want %q", text, m, want)
		}
	}
}

// Any file is read or refused, and what is read has a place to connect to, or says so by an empty one.
func FuzzRead(f *testing.F) {
	f.Add([]byte("meta {\n  type: ws\n}\nws {\n  url: ws://a\n}\nbody:ws {\n  content: '''\n    a\n  '''\n}\n"))
	f.Add([]byte(`{"_type":"export","resources":[{"_id":"w","_type":"websocket_request","url":"ws://a"}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		list, _, err := Read(file)
		if err != nil && list != nil {
			t.Fatalf("%q: requests and %v", file, err)
		}
		for _, r := range list {
			if r == nil {
				t.Fatalf("%q: no request", file)
			}
		}
	})
}
