#!/usr/bin/env bash
# Apache httpd: whether a ProxyPass lets WebSocket through can hang on another ProxyPass.
#
# Two ProxyPass lines with the same backend URL share one worker, and upgrade=websocket belongs to
# the worker, not to the line. The first line decides for both:
#
#   - upgrade=websocket on the first: the second, which does not have it, upgrades as well
#   - upgrade=websocket on the second: it is ignored, and neither upgrades
#
# So a line that does nothing wrong stops working when another one is moved or taken out, and a
# line without upgrade=websocket is no barrier to WebSocket. The manual has worker sharing
# (mod_proxy, "Worker Sharing", with timeout= as its example); its text on upgrade= and on
# "Protocol Upgrade" does not mention it. The parameter that is ignored is a line of the error log.
#
# Needs Debian 12 with its package lists (apt-get update) and Python 3, and no root. The packages
# are unpacked, not installed. A few seconds. Exits with 1 if Apache behaves in another way.
#
# Seen with Apache/2.4.71 (Debian):
#
#   without upgrade=websocket, alone
#     ProxyPass /plain/ BACKEND                      HTTP/1.1 426 Upgrade Required
#   after one with it
#     ProxyPass /ws/ BACKEND upgrade=websocket       HTTP/1.1 101 Switching Protocols
#     ProxyPass /plain/ BACKEND                      HTTP/1.1 101 Switching Protocols
#   before one with it
#     ProxyPass /plain/ BACKEND                      HTTP/1.1 426 Upgrade Required
#     ProxyPass /ws/ BACKEND upgrade=websocket       HTTP/1.1 426 Upgrade Required
#     log: Ignoring parameter 'upgrade=websocket' because of worker sharing

set -euo pipefail

version=${1:-2.4.71-1~deb12u1}
dir=$(mktemp -d)
backend=
apache=
cleanup() {
	for pid in $apache $backend; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$dir"
}
trap cleanup EXIT

if ! (cd "$dir" && timeout 40 apt-get download "apache2-bin=$version" libapr1=1.7.2-3+deb12u1 \
	libaprutil1=1.6.3-1+deb12u1) >"$dir/download" 2>&1; then
	cat "$dir/download" >&2
	exit 1
fi
for deb in "$dir"/*.deb; do
	dpkg-deb -x "$deb" "$dir/root"
done
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name libapr-1.so.0)")
export LD_LIBRARY_PATH
"$dir/root/usr/sbin/apache2" -v | sed -n 's/^Server version: //p'

# The backend: 101 to an upgrade, 426 to a request that has lost its Upgrade header.
cat >"$dir/backend.py" <<'EOF'
import base64, hashlib, http.server


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.close_connection = True
        if self.headers.get("Upgrade", "").lower() != "websocket":
            self.send_response(426)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
EOF
python3 "$dir/backend.py" >"$dir/backend.port" &
backend=$!

cat >"$dir/client.py" <<'EOF'
import socket, sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as sock:
    sock.sendall(
        f"GET {sys.argv[2]} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    print(sock.makefile("rb").readline().decode().strip())
EOF

for _ in $(seq 50); do
	[ ! -s "$dir/backend.port" ] || break
	sleep 0.1
done
url=http://127.0.0.1:$(cat "$dir/backend.port")/

# try NAME PROXYPASS...: an Apache with these lines, and its answer to an upgrade on each path.
try() {
	local name=$1 line path port status
	shift
	port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])')
	{
		echo "ServerRoot \"$dir/root/usr/lib/apache2\""
		echo "ServerName 127.0.0.1"
		echo "Listen 127.0.0.1:$port"
		echo "DefaultRuntimeDir \"$dir\""
		echo "PidFile \"$dir/apache.pid\""
		echo "ErrorLog \"$dir/error.log\""
		[ "$(id -u)" -ne 0 ] || echo "User nobody"
		[ "$(id -u)" -ne 0 ] || echo "Group nogroup"
		for module in mpm_event authz_core proxy proxy_http; do
			echo "LoadModule ${module}_module modules/mod_$module.so"
		done
		printf '%s\n' "$@"
	} >"$dir/apache.conf"
	: >"$dir/error.log"
	"$dir/root/usr/sbin/apache2" -f "$dir/apache.conf" -D FOREGROUND >"$dir/apache.out" 2>&1 &
	apache=$!
	for _ in $(seq 50); do
		! grep -q 'resuming normal operations' "$dir/error.log" || break
		sleep 0.1
	done

	echo "$name"
	for line in "$@"; do
		path=$(echo "$line" | cut -d ' ' -f 2)
		status=$(timeout 12 python3 "$dir/client.py" "$port" "$path") || cat "$dir/apache.out" >&2
		line=${line/"$url"/BACKEND}
		printf '  %-46s %s\n' "$line" "$status"
		answers+="${status:9:3} "
	done
	sed -n 's/.*\(Ignoring parameter .*\) for worker.* \(because .*\)/  log: \1 \2/p' "$dir/error.log"

	kill "$apache"
	wait "$apache" || true
	apache=
}

answers=
plain="ProxyPass /plain/ $url"
upgrade="ProxyPass /ws/ $url upgrade=websocket"
try "without upgrade=websocket, alone" "$plain"
try "after one with it" "$upgrade" "$plain"
try "before one with it" "$plain" "$upgrade"

if [ "$answers" != "426 101 101 426 426 " ]; then
	echo "this has changed: wanted 426, then 101 and 101, then 426 and 426" >&2
	exit 1
fi
