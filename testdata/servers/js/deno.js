// Deno's own server: /ws is an echo, /chat wants the subprotocol chat; anything else is 404.
//
//     deno run --allow-net deno.js [PORT]

Deno.serve({
  hostname: '127.0.0.1',
  port: Number(Deno.args[0] ?? 0),
  onListen: ({ port }) => console.log(`listening on 127.0.0.1:${port}`),
}, (request) => {
  const { pathname } = new URL(request.url);
  if (!['/ws', '/chat'].includes(pathname)) {
    return new Response('Not Found', { status: 404 });
  }
  const options = pathname === '/chat' ? { protocol: 'chat' } : {};
  const { socket, response } = Deno.upgradeWebSocket(request, options);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
});
