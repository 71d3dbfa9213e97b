package collection

import (
	"errors"
	"maps"
	"slices"
)

// readPostman reads a request that Postman 12 keeps in a folder: "NAME.request.yaml".
func readPostman(doc map[string]any) ([]*Request, []string, error) {
	r := &Request{Name: text(doc["name"]), URL: text(doc["url"]), Fields: pairs(doc["headers"])}
	if fields, ok := doc["headers"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			r.Fields = append(r.Fields, Field{name, text(fields[name])})
		}
	}
	for _, p := range pairs(doc["pathVariables"]) {
		r.URL = replacePath(r.URL, p)
	}
	r.login(doc["auth"])
	if doc["messages"] != nil {
		r.LeftOut = append(r.LeftOut, "the messages, which are in other files")
	}
	return []*Request{r}, nil, nil
}

// readPostmanExport reads a collection in the form 2.0 or 2.1. It has no WebSocket requests; what
// is found are requests with the URL of one.
func readPostmanExport(doc map[string]any) (list []*Request, leftOut []string, err error) {
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		for _, item := range items(v) {
			if item["item"] != nil && depth < 100 {
				walk(item["item"], depth+1)
			}
			request := item["request"]
			address, isText := at(request, "url").(string)
			if !isText {
				address = text(at(at(request, "url"), "raw"))
			}
			if isWebSocket(address) {
				r := &Request{
					Name: text(item["name"]), URL: address, Fields: pairs(at(request, "header")),
				}
				r.login(at(request, "auth"))
				list = append(list, r)
			}
		}
	}
	walk(doc["item"], 0)
	if len(list) == 0 {
		err = errors.New("it is a collection that Postman exported, which holds no WebSocket requests")
	}
	return list, nil, err
}

// readHoppscotch reads exported collections, which hold no WebSocket requests either.
func readHoppscotch(all []any) (list []*Request, leftOut []string, err error) {
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		for _, c := range items(v) {
			if depth < 100 {
				walk(c["folders"], depth+1)
			}
			for _, request := range items(c["requests"]) {
				if address := text(request["endpoint"]); isWebSocket(address) {
					r := &Request{
						Name: text(request["name"]), URL: address, Fields: pairs(request["headers"]),
					}
					r.login(request["auth"])
					list = append(list, r)
				}
			}
		}
	}
	walk(all, 0)
	if len(list) == 0 {
		err = errors.New("it is none of the known files, or a collection of Hoppscotch's, " +
			"which holds no WebSocket requests")
	}
	return list, nil, err
}
