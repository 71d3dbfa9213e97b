// An application on node:http that takes upgrades itself and hands them to ws.
//
//     node app.js [PORT]
//
// /ws is an echo, /close/CODE/REASON lets in and closes at once, /end lets in and ends TCP,
// /ignore never answers an upgrade, and any other path gets its socket destroyed. A plain request
// is answered with 200 and a page.
'use strict';

const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');

const sockets = new WebSocketServer({ noServer: true });
const server = createServer((_, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>The app</title>\n');
});

server.on('upgrade', (request, socket, head) => {
  const [name, code, reason] = request.url.split('?')[0].slice(1).split('/');
  if (name === 'ignore') {
    socket.on('error', () => {});
    return;
  }
  if (!['ws', 'close', 'end'].includes(name)) {
    socket.destroy();
    return;
  }
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => {});
    if (name === 'close') {
      ws.close(Number(code), decodeURIComponent(reason ?? ''));
    } else if (name === 'end') {
      socket.end();
    } else {
      ws.on('message', (data, binary) => ws.send(data, { binary }));
    }
  });
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});
