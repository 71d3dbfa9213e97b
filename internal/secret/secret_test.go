package secret

import (
	"slices"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for name, want := range map[string]bool{
		"token": true, "access_token": true, "authToken": true, "id-token": true, "token[]": true,
		"bearer": true, "session": true, "sid": true, "PHPSESSID": true, "chat_session": true,
		"key": true, "X-Api-Key": true, "X-Key": true, "x-auth": true, "Proxy-Authorization": true,
		"x-functions-key": true, "otp": true, "client_secret": true, "PASSWORD": true,
		"Sec-WebSocket-Key": false, "keys": false, "author": false, "design": false, "page": false,
		"routing_key": false, "passenger": false, "max_tokens": false, "": false,
	} {
		if got := Name(name); got != want {
			t.Errorf("%q is the name of a secret: %v", name, got)
		}
	}
	for name, want := range map[string]bool{
		"token": true, "password": true, "pass": true, "api_key": true, "key": false, "auth": false,
		"X-Key": false, "session": false, "session_id": true,
	} {
		if got := Sure(name); got != want {
			t.Errorf("%q is surely the name of a secret: %v", name, got)
		}
	}
}

func TestProtocols(t *testing.T) {
	const token, name = true, false
	for list, want := range map[string][]bool{
		"chat, superchat":                      {name, name},
		"json.reliable.webpubsub.azure.v1":     {name},
		"protobuf.reliable.webpubsub.azure.v1": {name},
		"com.example.notifications.v2.Json":    {name},
		"v4.base64.channel.k8s.io":             {name},
		"bearer, abc , chat":                   {name, token, name},
		"access_token,abc,chat":                {name, token, name},
		"chat,eyJhbGciOiJIUzI1NiJ9.e30.abcdef": {name, token},
		"9f8c2f3a-1d1e-4c5b-8a7b-0123456789ab": {token},
		"abcdefghijklmnopqrstuvwxy":            {token},
		"sk_live_4eC39HqLyjWDarjtT1zdp7dc":     {token},
		KubernetesBearer + "c2VjcmV0":          {token},
		KubernetesBearer:                       {name},
		"":                                     {name},
	} {
		if got := Protocols(strings.Split(list, ",")); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", list, got, want)
		}
	}
}
