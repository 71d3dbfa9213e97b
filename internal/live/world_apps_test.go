//go:build unix

package live

import (
	"os"
	"os/exec"
	"testing"
)

// js starts one of the servers of testdata/servers/js with a program of its packages, or with Node.
func js(t *testing.T, program string, args ...string) *peer {
	t.Helper()
	dir := servers + "/js"
	if _, err := os.Stat(dir + "/node_modules"); err != nil {
		missing(t, "the packages are not there: run npm ci in testdata/servers/js")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DENO_DIR="+t.TempDir(), "DENO_NO_UPDATE_CHECK=1")
	return runCommand(t, cmd)
}

func nodeApp(t *testing.T, file string) *peer {
	t.Helper()
	return js(t, program(t, "node", "nodejs"), file)
}

func meetPath(t *testing.T) {
	hold(t, nodeApp(t, "path.js").addr, []situation{
		echo("echo", "URL/ws"),
		wrong("path", 5, `\bpath\b`, "URL/"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/"),
		damaged("URL/ws"),
	})
}

func meetApp(t *testing.T) {
	hold(t, nodeApp(t, "app.js").addr, []situation{
		echo("echo", "URL/ws"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		wrong("path of an app that ignores it", 6, `\bpath\b`, "--connect-timeout", "1s",
			"URL/ignore"),
		wrong("login by a code of its own", 8, `login|log in`, "-w", "-1",
			"URL/close/4401/Unauthorized"),
		wrong("login", 8, `login|log in`, "-w", "-1", "URL/close/1008"),
		wrong("TCP end at once", 7, `\blog\b|\bapp`, "-w", "-1", "URL/end"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/nope"),
		cured("login", 8, `4401`, "URL/close/4401/Unauthorized"),
	})
}

func meetSocketIO(t *testing.T) {
	const path = "URL/socket.io/?EIO=4&transport=websocket"
	hold(t, nodeApp(t, "socketio.js").addr, []situation{
		right("connect", "40\n", `^0\{"sid".*\n40\{"sid"`, "--count", "2", path),
		wrong("no query", 5, `EIO=4`, "URL/socket.io/"),
		wrong("EIO=3", 7, `EIO=4`, "URL/socket.io/?EIO=3&transport=websocket"),
		wrong("path", 5, `/socket\.io/`, "URL/"),
		wrong("session", 5, `sid`, path+"&sid=nope"),
		wrong("event before connect", 0, `without a code`, "-w", "-1", path).
			sending(`42["hello"]` + "\n"),
		diagnosed("path", 5, `ADDR/socket\.io/\?EIO=4&transport=websocket`, "URL/"),
		diagnosed("no query", 5, `ADDR/socket\.io/\?EIO=4&transport=websocket`,
			"URL/socket.io/"),
		diagnosed("EIO=3", 7, `ADDR/socket\.io/\?EIO=4&transport=websocket`,
			"URL/socket.io/?EIO=3&transport=websocket"),
	})
}

func meetGraphQL(t *testing.T) {
	const name = "graphql-transport-ws"
	subscribe := `{"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}` + "\n"
	initialise := `{"type":"connection_init"}` + "\n"
	hold(t, nodeApp(t, "graphql.js").addr, []situation{
		right("connection_init", initialise, `connection_ack`, "-s", name, "--count", "1",
			"URL/graphql"),
		wrong("no subprotocol", 8, `-s `+name, "-w", "-1", "URL/graphql"),
		wrong("subprotocol", 8, `-s `+name, "-w", "-1", "-s", "graphql-ws", "URL/graphql"),
		wrong("subscribe too soon", 8, `connection_ack`, "-w", "-1", "-s", name, "URL/graphql").
			sending(initialise + subscribe),
		wrong("path", 5, `\bpath\b`, "-s", name, "URL/nope"),
		diagnosed("no subprotocol", 8, `-s `+name, "URL/graphql"),
		diagnosed("path and subprotocol", 5, `ADDR/graphql\b`, "URL/"),
	})
}

func meetBun(t *testing.T) {
	hold(t, js(t, "node_modules/.bin/bun", "bun.js").addr, []situation{
		echo("echo", "URL/ws"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		wrong("idle", 7, `--ping-interval`, "-w", "-1", "URL/ws"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/nope"),
	})
}

func meetDeno(t *testing.T) {
	server := js(t, "node_modules/.bin/deno", "run", "--allow-net", "deno.js")
	hold(t, server.addr, []situation{
		echo("echo", "URL/ws"),
		echo("subprotocol", "-s", "chat", "URL/chat"),
		wrong("no subprotocol", 5, `subprotocol`, "URL/chat"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/nope"),
	})
}

func meetStarlette(t *testing.T) {
	hold(t, pythonServer(t, "starlette_app.py", "uvicorn, starlette, websockets").addr, []situation{
		echo("echo", "URL/ws"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		wrong("path of a page", 5, `\bpath\b`, "URL/page"),
		wrong("closed before it is accepted", 5, `\bapp`, "URL/closes"),
		wrong("login", 8, `login|log in`, "-w", "-1", "URL/login"),
		wrong("an exception", 7, `\blog\b`, "-w", "-1", "URL/fails"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/"),
	})
}

func meetStarletteWithout(t *testing.T) {
	hold(t, pythonServer(t, "starlette_app.py", "uvicorn, starlette", "none").addr, []situation{
		wrong("no library", 5, `wsproto`, "URL/ws"),
		cured("no library", 5, `wsproto`, "URL/ws"),
	})
}

func meetWebsockets(t *testing.T) {
	hold(t, pythonServer(t, "websockets_app.py", "websockets").addr, []situation{
		echo("echo", "URL/"),
		echo("own origin", "-o", "http://localhost:3000", "URL/"),
		wrong("origin", 5, `[Oo]rigin`, "-o", "http://elsewhere.example", "URL/"),
		damaged("URL/"),
		wrong("pings", 8, `--no-pong`, "-w", "-1", "--no-pong", "URL/"),
		diagnosed("origin", 5, `ADDR`, "-o", "http://elsewhere.example", "URL/"),
	})
}

func meetAiohttp(t *testing.T) {
	hold(t, pythonServer(t, "aiohttp_app.py", "aiohttp").addr, []situation{
		echo("echo", "URL/ws"),
		echo("token", "--bearer", "s3cret", "URL/token"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		wrong("path of a page", 5, `\bpath\b`, "URL/page"),
		wrong("token", 5, `--bearer`, "URL/token"),
		damaged("URL/ws"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/"),
	})
}

func meetTornado(t *testing.T) {
	hold(t, pythonServer(t, "tornado_app.py", "tornado").addr, []situation{
		echo("echo", "URL/ws"),
		echo("own origin", "-o", "http://ADDR", "URL/ws"),
		wrong("origin", 5, `[Oo]rigin`, "-o", "http://elsewhere.example", "URL/ws"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		wrong("path of a page", 5, `\bpath\b`, "URL/page"),
		diagnosed("origin", 5, `ADDR`, "-o", "http://elsewhere.example", "URL/ws"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/"),
	})
}
