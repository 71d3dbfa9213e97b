"""Drives python3-websockets for the benchmarks: python3 bench/peer.py send|recv|echo URL

Each line of stdin is a message, each message that comes is a line of stdout, as in wsline's pipe.
"""

import asyncio
import sys

import websockets


async def send(ws):
    for line in sys.stdin:
        await ws.send(line.rstrip("\n"))


async def receive(ws):
    async for message in ws:
        sys.stdout.write(message + "\n")


async def echo(ws):
    # The library holds only a few messages that were not asked for, so both must go on at once.
    receiving = asyncio.create_task(receive(ws))
    await send(ws)
    await ws.close()
    await receiving


async def main(work, url):
    async with websockets.connect(url, max_size=None, compression=None) as ws:
        await {"send": send, "recv": receive, "echo": echo}[work](ws)


asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), 55))
