"""Starlette on uvicorn.

    python3 starlette_app.py [IMPLEMENTATION [PORT]]

IMPLEMENTATION is what uvicorn is to speak WebSocket with: websockets, wsproto, or none. /ws is an
echo, /closes refuses before it accepts, /fails raises an exception after it, /login accepts and
closes with 1008, and /page is a page.
"""

import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect


async def echo(ws):
    await ws.accept()
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass


async def closes(ws):
    await ws.close(1008)


async def fails(ws):
    await ws.accept()
    raise RuntimeError("the endpoint fails")


async def login(ws):
    await ws.accept()
    await ws.close(1008, "Unauthorized")


async def page(request):
    return HTMLResponse("<!doctype html><title>The app</title>\n")


app = Starlette(
    routes=[
        Route("/page", page),
        WebSocketRoute("/ws", echo),
        WebSocketRoute("/closes", closes),
        WebSocketRoute("/fails", fails),
        WebSocketRoute("/login", login),
    ]
)

implementation = sys.argv[1] if len(sys.argv) > 1 else "websockets"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
with socket.create_server(("127.0.0.1", port)) as listener:
    print("listening on {}:{}".format(*listener.getsockname()), flush=True)
    config = uvicorn.Config(app, ws=implementation, log_level="error")
    uvicorn.Server(config).run(sockets=[listener])
