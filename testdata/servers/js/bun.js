// Bun's own server: /ws is an echo that ends when idle for 8 s, the least that Bun has; anything
// else, and what is no upgrade there, is answered with a status.
//
//     bun bun.js [PORT]

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  fetch(request, server) {
    if (new URL(request.url).pathname !== '/ws') {
      return new Response('Not Found', { status: 404 });
    }
    if (server.upgrade(request)) {
      return undefined;
    }
    return new Response('Upgrade failed', { status: 500 });
  },
  websocket: {
    idleTimeout: 8,
    sendPings: false,
    message(socket, data) {
      socket.send(data);
    },
  },
});
console.log(`listening on 127.0.0.1:${server.port}`);
