package collection

import (
	"slices"
	"strings"
)

// readInsomnia4 reads an export of version 4, JSON or YAML: resources, each with its parent's id.
func readInsomnia4(doc map[string]any) (list []*Request, leftOut []string, err error) {
	byID := map[string]map[string]any{}
	messages := map[string][]map[string]any{}
	all := items(doc["resources"])
	for _, r := range all {
		byID[text(r["_id"])] = r
		if r["_type"] == "websocket_payload" {
			messages[text(r["parentId"])] = append(messages[text(r["parentId"])], r)
		}
	}
	for _, r := range all {
		switch r["_type"] {
		case "websocket_request":
			var folders []map[string]any // the outermost first
			for id := r["parentId"]; len(folders) < 100; {
				parent := byID[text(id)]
				if parent == nil || parent["_type"] != "request_group" {
					break
				}
				folders, id = append(folders, parent), parent["parentId"]
			}
			slices.Reverse(folders)
			request := insomniaRequest(r, folders)
			for _, m := range messages[text(r["_id"])] {
				request.Messages = append(request.Messages, Message{Text: text(m["value"])})
			}
			list = append(list, request)
		case "socketio_request":
			leftOut = append(leftOut, "the Socket.IO request "+text(r["name"]))
		}
	}
	return list, leftOut, nil
}

// readInsomnia5 reads a file of version 5: folders with children, in which what is a WebSocket request
// has an id of its own kind, or a URL that says so. It has no saved messages.
func readInsomnia5(doc map[string]any) (list []*Request, leftOut []string, err error) {
	var walk func(v any, folders []map[string]any)
	walk = func(v any, folders []map[string]any) {
		for _, item := range items(v) {
			id := text(at(item["meta"], "id"))
			switch {
			case item["children"] != nil && len(folders) < 100:
				walk(item["children"], append(slices.Clip(folders), item))
			case strings.HasPrefix(id, "ws-req"),
				id == "" && item["method"] == nil && isWebSocket(text(item["url"])):
				list = append(list, insomniaRequest(item, folders))
			case strings.HasPrefix(id, "socketio-req"):
				leftOut = append(leftOut, "the Socket.IO request "+text(item["name"]))
			}
		}
	}
	walk(doc["collection"], nil)
	return list, leftOut, nil
}

// insomniaRequest is a request with what it inherits from its folders.
func insomniaRequest(r map[string]any, folders []map[string]any) *Request {
	request := &Request{Name: text(r["name"]), URL: text(r["url"])}
	for _, p := range pairs(r["pathParameters"]) {
		request.URL = replacePath(request.URL, p)
	}
	request.URL = addQuery(request.URL, pairs(r["parameters"]))
	auth := r["authentication"]
	for _, f := range folders {
		for _, field := range pairs(f["headers"]) {
			request.set(field)
		}
		if isEmptyAuth(r["authentication"]) && !isEmptyAuth(f["authentication"]) {
			auth = f["authentication"]
		}
	}
	for _, field := range pairs(r["headers"]) {
		request.set(field)
	}
	request.login(auth)
	return request
}

func isEmptyAuth(auth any) bool {
	kind := at(auth, "type")
	return kind == nil || kind == "" || kind == "inherit"
}

// set adds a field, or has it instead of an inherited one.
func (r *Request) set(f Field) {
	for i := range r.Fields {
		if strings.EqualFold(r.Fields[i].Name, f.Name) {
			r.Fields[i] = f
			return
		}
	}
	r.Fields = append(r.Fields, f)
}

// replacePath puts a parameter in the place of /:name in a URL's path.
func replacePath(address string, p Field) string {
	path, query, hasQuery := strings.Cut(address, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if part == ":"+p.Name {
			parts[i] = strings.ReplaceAll(escapeQuery(p.Value), "/", "%2F")
		}
	}
	path = strings.Join(parts, "/")
	if hasQuery {
		path += "?" + query
	}
	return path
}
