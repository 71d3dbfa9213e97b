#!/usr/bin/env bash
# NATS sends Close code 1006, which must never be on the wire.
#
# nats-server drops a client as stale when its own PING, a line of text inside a WebSocket
# message, is not answered with PONG. Answering RFC 6455 pings is not enough. It then sends
# -ERR 'Stale Connection' and a Close frame with status 1006. RFC 6455 §7.4.1: 1006 "MUST NOT be
# set as a status code in a Close control frame by an endpoint". A strict client reports a
# protocol error and never shows the reason.
#
# Needs Go and Python 3, and no root. Takes under a minute, most of it building the server.
# Exits with 1 if the server behaves in another way.
#
# Seen with nats-server 2.9.10, which Debian 12 has (2.15.3 sends 1001 instead):
#
#   nats-server: v2.9.10
#   text  PING, not answered
#   text  -ERR 'Stale Connection'
#   bytes 88 12 03 ee 53 74 61 6c 65 20 43 6f 6e 6e 65 63 74 69 6f 6e
#   close 1006 'Stale Connection'

set -euo pipefail

version=${1:-v2.9.10}
dir=$(mktemp -d)
pid=
cleanup() {
	if [ -n "$pid" ]; then
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap cleanup EXIT

if ! (cd "$dir" && GOPATH=$dir/go GOMODCACHE=$dir/go/pkg/mod GOBIN=$dir/bin GOFLAGS=-modcacherw \
	timeout 120 go install "github.com/nats-io/nats-server/v2@$version") >"$dir/build" 2>&1; then
	cat "$dir/build" >&2
	exit 1
fi
"$dir/bin/nats-server" --version

# Port -1 is a free one; the log says which.
cat >"$dir/nats.conf" <<EOF
host: 127.0.0.1
port: -1
ping_interval: "1s"
ping_max: 1
websocket {
  host: 127.0.0.1
  port: -1
  no_tls: true
}
EOF
"$dir/bin/nats-server" -c "$dir/nats.conf" >"$dir/log" 2>&1 &
pid=$!

for _ in $(seq 50); do
	port=$(sed -n 's/.*Listening for websocket clients on ws:.*:\([0-9]*\)$/\1/p' "$dir/log")
	[ -z "$port" ] || break
	sleep 0.1
done
if [ -z "$port" ]; then
	cat "$dir/log" >&2
	exit 1
fi

timeout 20 python3 - "$port" <<'EOF'
import os, socket, struct, sys

sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
stream = sock.makefile("rb")


def send(opcode, payload):
    mask = os.urandom(4)
    masked = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    sock.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)


def read(n):
    data = stream.read(n)
    if len(data) < n:
        sys.exit("the connection ended without a Close frame")
    return data


sock.sendall(
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
if b" 101 " not in stream.readline():
    sys.exit("no 101")
while stream.readline() != b"\r\n":
    pass
send(1, b'CONNECT {"verbose":false}\r\n')

text = b""
while True:
    head = read(2)
    opcode, size = head[0] & 15, head[1] & 127
    if size == 126:
        more = read(2)
        size = struct.unpack(">H", more)[0]
        head += more
    payload = read(size)
    if opcode == 9:
        send(10, payload)
    elif opcode == 8:
        break
    else:
        text += payload
        if payload.startswith(b"PING"):
            print("text  PING, not answered")
        elif payload.startswith(b"-ERR"):
            print("text  " + payload.decode().strip())

print("bytes " + (head + payload).hex(" "))
code = struct.unpack(">H", payload[:2])[0]
print("close", code, repr(payload[2:].decode()))
if code != 1006 or b"-ERR 'Stale Connection'" not in text:
    sys.exit("this has changed: wanted -ERR 'Stale Connection' and Close 1006")
EOF
