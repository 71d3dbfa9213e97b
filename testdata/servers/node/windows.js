// An echo server that limits the windows of compression to what the path asks for: /SERVER/CLIENT, in bits.
//
//     node windows.js [PORT]
'use strict';

const { createServer } = require('http');
const { WebSocketServer } = require('ws');

const server = createServer();

server.on('upgrade', (request, socket, head) => {
  const [, serverMaxWindowBits, clientMaxWindowBits] = request.url.split('/').map(Number);
  const windows = new WebSocketServer({
    noServer: true,
    maxPayload: 0,
    perMessageDeflate: { serverMaxWindowBits, clientMaxWindowBits, threshold: 0 },
  });
  windows.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => {});
    ws.on('message', (data, binary) => ws.send(data, { binary }));
  });
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`listening on ${address}:${port}`);
});
