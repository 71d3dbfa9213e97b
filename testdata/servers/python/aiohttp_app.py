"""aiohttp: /ws is an echo, /page a page; /token wants a bearer token.

    python3 aiohttp_app.py [PORT]
"""

import socket
import sys

from aiohttp import WSMsgType, web


async def echo(request):
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    async for message in ws:
        if message.type == WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return ws


async def token(request):
    if request.headers.get("Authorization") != "Bearer s3cret":
        raise web.HTTPUnauthorized
    return await echo(request)


async def page(request):
    return web.Response(text="<!doctype html><title>The app</title>\n", content_type="text/html")


app = web.Application()
app.add_routes([web.get("/ws", echo), web.get("/token", token), web.get("/page", page)])

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
with socket.create_server(("127.0.0.1", port)) as listener:
    print("listening on {}:{}".format(*listener.getsockname()), flush=True)
    web.run_app(app, sock=listener, print=None)
