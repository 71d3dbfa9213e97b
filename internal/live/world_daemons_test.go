//go:build unix

package live

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func meetMosquitto(t *testing.T) {
	path := program(t, "mosquitto", "/usr/sbin/mosquitto")
	host, port := free(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "mosquitto.conf")
	writeFile(t, file, fill(t, "mosquitto/mosquitto.conf.tmpl", map[string]string{
		"Dir": dir, "Host": host, "Port": port,
	}))
	addr := host + ":" + port
	daemon(t, exec.Command(path, "-c", file), addr)

	connect := "\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01w"
	hold(t, addr, []situation{
		right("connect", connect, "^20020000\n$", "-s", "mqtt", "-b", "--whole", "--count", "1",
			"--binary-out", "hex", "URL/mqtt"),
		wrong("subprotocol", 5, `-s mqtt`, "-s", "nope", "URL/mqtt"),
		wrong("text", 7, `-b\b|binary`, "-s", "mqtt", "-w", "-1", "URL/mqtt").
			sending("hello\n"),
		cured("no subprotocol", 0, `-s mqtt`, "URL/mqtt"),
		diagnosed("subprotocol", 5, `-s mqtt`, "-s", "nope", "URL/mqtt"),
	})
}

// startNATS starts a NATS server and returns the addresses of its WebSocket and its TCP port.
func startNATS(t *testing.T, password string) (ws, tcp string) {
	t.Helper()
	path := program(t, "nats-server")
	dir := t.TempDir()
	file := filepath.Join(dir, "nats.conf")
	writeFile(t, file, fill(t, "nats/nats.conf.tmpl", map[string]string{
		"Dir": dir, "User": user, "Password": password,
	}))
	var ports struct{ WebSocket, NATS []string }
	start(t, exec.Command(path, "-c", file), func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, "*.ports"))
		if len(found) == 0 {
			return false
		}
		src, err := os.ReadFile(found[0])
		return err == nil && json.Unmarshal(src, &ports) == nil && len(ports.WebSocket) > 0
	})
	_, ws, _ = strings.Cut(ports.WebSocket[0], "://")
	_, tcp, _ = strings.Cut(ports.NATS[0], "://")
	return ws, tcp
}

func meetNATS(t *testing.T) {
	ws, tcp := startNATS(t, "")
	connect := `CONNECT {"verbose":true}`
	hold(t, ws, []situation{
		right("connect", connect+"\r\n", `^INFO \{.*\r\n\+OK\r\n`, "--whole", "--count", "2",
			"--raw", "URL"),
		right("line ends", connect+"\nPING\n", `PONG`, "--eol", "crlf", "--expect", "PONG", "URL"),
		wrong("no line ends", 0, `--eol crlf`, "URL").sending("PING\n"),
		wrong("origin", 5, `[Oo]rigin`, "-o", "http://elsewhere.example", "URL"),
		wrong("another port", 5, `NATS`, "ws://"+tcp),
		diagnosed("origin", 5, `ADDR`, "-o", "http://elsewhere.example", "URL"),
	})
}

func meetNATSLogin(t *testing.T) {
	ws, _ := startNATS(t, password)
	login := `CONNECT {"user":"` + user + `","pass":"` + password + `","verbose":true}`
	hold(t, ws, []situation{
		right("login", login+"\r\n", `\+OK`, "--whole", "--count", "2", "--raw", "URL"),
		wrong("no login", 8, `--on-open`, "-w", "-1", "URL"),
		wrong("login in a field", 8, `--on-open`, "-w", "-1",
			"--auth", user+":"+password, "URL"),
	})
}

func meetNginx(t *testing.T) {
	program(t, "nginx", "/usr/sbin/nginx")
	addr := startNginx(t, t.TempDir(), "nginx/proxy.conf.tmpl", map[string]string{
		"App": nodeApp(t, "app.js").addr, "Path": nodeApp(t, "path.js").addr,
		"SocketIO": nodeApp(t, "socketio.js").addr,
		"Bun":      js(t, "node_modules/.bin/bun", "bun.js").addr,
	})
	const lines = `proxy_set_header`
	hold(t, addr, []situation{
		echo("echo", "URL/right/ws"),
		right("pings", "", "^$", "-w", "4s", "--ping-interval", "500ms", "URL/right/ws"),
		wrong("no upgrade lines before an app", 5, lines, "URL/plain/app/ws"),
		wrong("no upgrade lines before ws", 5, lines, "URL/plain/ws/ws"),
		wrong("no upgrade lines before Socket.IO", 5, lines,
			"URL/plain/socketio/socket.io/?EIO=4&transport=websocket"),
		wrong("no upgrade lines before Bun", 5, lines, "URL/plain/bun/ws"),
		wrong("idle", 7, `--ping-interval`, "-w", "-1", "URL/right/ws"),
		wrong("path of an app behind", 5, `\bpath\b`, "URL/right/nope"),
		wrong("an app that ignores it", 5, `\bpath\b`, "URL/right/ignore"),
		wrong("nobody behind", 5, `behind|backend|app running`, "URL/gone/"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		cured("no upgrade lines", 5, lines, "URL/plain/app/ws"),
		diagnosed("path", 5, `ADDR/right/ws\b`, "URL/right/"),
	})
}

func meetHAProxy(t *testing.T) {
	path := program(t, "haproxy", "/usr/sbin/haproxy")
	app := nodeApp(t, "app.js")
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	writeFile(t, file, fill(t, "haproxy/haproxy.cfg.tmpl", map[string]string{"Backend": app.addr}))
	addr, socket := listener(t)
	cmd := exec.Command(path, "-db", "-f", file)
	cmd.ExtraFiles = []*os.File{socket}
	daemon(t, cmd, addr)
	hold(t, addr, []situation{
		echo("echo", "URL/ws"),
		right("pings", "", "^$", "-w", "4s", "--ping-interval", "500ms", "URL/ws"),
		wrong("idle", 7, `--ping-interval`, "-w", "-1", "URL/ws"),
		wrong("path of an app behind", 5, `\bpath\b`, "URL/nope"),
		wrong("nobody behind", 5, `behind|backend|app running`, "URL/gone/"),
		diagnosed("path", 5, `ADDR/ws\b`, "URL/"),
	})
}

func meetApache(t *testing.T) {
	path := program(t, "apache2", "/usr/sbin/apache2")
	modules := "/usr/lib/apache2/modules"
	if _, err := os.Stat(modules); err != nil {
		missing(t, "Apache has its modules elsewhere")
	}
	app := nodeApp(t, "app.js")
	_, appPort, _ := strings.Cut(app.addr, ":")
	host, port := free(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "apache2.conf")
	writeFile(t, file, fill(t, "apache/apache2.conf.tmpl", map[string]string{
		"Dir": dir, "Modules": modules, "Host": host, "Port": port, "Backend": app.addr,
		"BackendPort": appPort,
	}))
	addr := host + ":" + port
	daemon(t, exec.Command(path, "-X", "-d", dir, "-f", file), addr)
	hold(t, addr, []situation{
		echo("echo", "URL/right/ws"),
		wrong("no upgrade", 5, `upgrade=websocket`, "URL/plain/ws"),
		wrong("idle", 7, `--ping-interval`, "-w", "-1", "URL/right/ws"),
		wrong("path of an app behind", 5, `\bpath\b`, "URL/right/nope"),
		wrong("path", 5, `\bpath\b`, "URL/nope"),
		cured("no upgrade", 5, `upgrade=websocket`, "URL/plain/ws"),
		diagnosed("path", 5, `ADDR/right/ws\b`, "URL/right/"),
	})
}

func meetCaddy(t *testing.T) {
	path := program(t, "caddy")
	app := nodeApp(t, "app.js")
	host, port := free(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "Caddyfile")
	writeFile(t, file, fill(t, "caddy/Caddyfile.tmpl", map[string]string{
		"Host": host, "Port": port, "Backend": app.addr,
	}))
	addr := host + ":" + port
	cmd := exec.Command(path, "run", "--adapter", "caddyfile", "--config", file)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
	daemon(t, cmd, addr)
	hold(t, addr, []situation{
		echo("echo", "--host", "localhost", "URL/ws"),
		wrong("host", 5, `\b[Hh]ost\b`, "URL/ws"),
		wrong("path", 5, `\bpath\b`, "--host", "localhost", "URL/nope"),
		diagnosed("path", 5, `ADDR/ws\b`, "--host", "localhost", "URL/"),
	})
}

func meetChromium(t *testing.T) {
	profile := chromium(t, "about:blank")
	addr, path := debugging(t, profile)
	version := `{"id":1,"method":"Browser.getVersion"}`
	hold(t, addr, []situation{
		right("a command", "", `"protocolVersion"`, "--count", "1", "URL"+path, version),
		wrong("path", 5, `/json/version`, "URL/"),
		wrong("target", 5, `/json`, "URL/devtools/page/nope"),
		wrong("origin", 5, `--remote-allow-origins`, "-o", "http://elsewhere.example", "URL"+path),
		wrong("host", 5, `--host localhost`, "--host", "devtools.example", "URL"+path),
		diagnosed("path", 5, `ADDR/devtools/browser/`, "URL/"),
		diagnosed("origin", 5, `ADDR`, "-o", "http://elsewhere.example", "URL"+path),
		diagnosed("host", 5, `ADDR`, "--host", "devtools.example", "URL"+path),
	})
}
