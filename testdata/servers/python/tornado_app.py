"""Tornado: /ws is an echo that takes its own Origin alone, /page a page.

    python3 tornado_app.py [PORT]
"""

import asyncio
import socket
import sys

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


class Echo(WebSocketHandler):
    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


class Page(RequestHandler):
    def get(self):
        self.write("<!doctype html><title>The app</title>\n")


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    listener = socket.create_server(("127.0.0.1", port))
    listener.setblocking(False)
    server = HTTPServer(Application([("/ws", Echo), ("/page", Page)]))
    server.add_sockets([listener])
    print("listening on {}:{}".format(*listener.getsockname()), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
