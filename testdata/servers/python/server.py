"""A WebSocket server on the websockets library, with permessage-deflate.

    python3 server.py [PORT]

The path chooses what a connection does: /echo sends every message back, /demo greets and answers as
the walkthrough server does, /handshake sends what was negotiated as JSON, /close/CODE/REASON closes
at once. PORT is 0, a free one, by default. On standard output it says "listening on HOST:PORT", then
"closed CODE REASON" for each connection with what the client's Close frame said.
"""

import asyncio
import json
import sys
from datetime import datetime, timezone
from urllib.parse import unquote

import websockets


async def echo(ws):
    async for message in ws:
        await ws.send(message)


async def demo(ws):
    await ws.send(json.dumps({"type": "welcome", "message": "Connected to the Python server"}))
    async for message in ws:
        await ws.send(json.dumps(answer(message)))


def answer(message):
    try:
        text = json.loads(message)["text"].upper()
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"type": "error", "message": "Invalid JSON format"}
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    timestamp = now.replace("+00:00", "Z")
    return {"type": "echo", "message": "Server echo: " + text, "timestamp": timestamp}


async def handshake(ws):
    extensions = ws.extensions if hasattr(ws, "extensions") else ws.protocol.extensions
    names = [extension.name for extension in extensions]
    await ws.send(json.dumps({"subprotocol": ws.subprotocol, "extensions": names}))
    await echo(ws)


async def handle(ws):
    # The library's older interface has ws.path, its newer one ws.request.
    path = ws.path if hasattr(ws, "path") else ws.request.path
    name, *arguments = path.split("?")[0].strip("/").split("/")
    try:
        if name == "close":
            await ws.close(int(arguments[0]), unquote("/".join(arguments[1:])))
        else:
            await {"demo": demo, "handshake": handshake}.get(name, echo)(ws)
    except websockets.ConnectionClosed:
        pass
    await ws.wait_closed()
    print("closed", ws.close_code, ws.close_reason, flush=True)


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    options = {"compression": "deflate", "max_size": None, "subprotocols": ["chat", "superchat"]}
    async with websockets.serve(handle, "127.0.0.1", port, **options) as server:
        host, port = next(iter(server.sockets)).getsockname()
        print(f"listening on {host}:{port}", flush=True)
        await asyncio.Future()  # until the process is ended


asyncio.run(main())
