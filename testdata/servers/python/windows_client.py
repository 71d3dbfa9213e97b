"""A client that asks for windows of so many bits, and wants each line of stdin back as a message.

    python3 windows_client.py URL SERVER_BITS CLIENT_BITS

It prints what was agreed on; its exit code is 0 when every message came back.
"""

import asyncio
import sys

import websockets

try:
    from websockets.legacy.client import connect
except ImportError:
    connect = websockets.connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


async def main(url, server, client):
    factory = ClientPerMessageDeflateFactory(server_max_window_bits=server, client_max_window_bits=client)
    lines = sys.stdin.read().splitlines()
    async with connect(url, compression=None, extensions=[factory], max_size=None) as ws:
        agreed = ws.extensions[0]
        print(agreed.remote_max_window_bits, agreed.local_max_window_bits)
        for line in lines:
            await ws.send(line)
            if await ws.recv() != line:
                sys.exit("another message came back")


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
