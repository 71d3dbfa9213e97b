"""The websockets library with what it can check: the Origin, and that its pings are answered.

    python3 websockets_app.py [PORT]

Every path is an echo for no Origin and for http://localhost:3000. A ping comes each second, and
wants its answer within one.
"""

import asyncio
import sys

import websockets


async def echo(ws):
    async for message in ws:
        await ws.send(message)


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    options = {
        "subprotocols": ["chat"],
        "origins": [None, "http://localhost:3000"],
        "ping_interval": 1,
        "ping_timeout": 1,
    }
    async with websockets.serve(echo, "127.0.0.1", port, **options) as server:
        host, port = next(iter(server.sockets)).getsockname()
        print(f"listening on {host}:{port}", flush=True)
        await asyncio.Future()


asyncio.run(main())
