// A server with a room for each thing that a test may want: people who chat, messages that are pushed,
// binary messages, control frames, closings and refusals.
//
//     node rooms.js [PORT]
//
// It says "listening on HOST:PORT" on standard output; without a port it takes a free one.
'use strict';

const http = require('http');
const { randomUUID } = require('crypto');
const { WebSocketServer } = require('ws');

const people = new Map(); // of the chat: socket to name

const rooms = {
  // Everybody hears what anybody says, but not what he says himself.
  '/chat'(socket, query) {
    const name = query.get('name') ?? 'somebody';
    const tell = (event) => {
      for (const other of people.keys()) if (other !== socket) other.send(JSON.stringify(event));
    };
    socket.send(JSON.stringify({ type: 'here', people: [...people.values()].sort() }));
    tell({ type: 'joined', name });
    people.set(socket, name);
    socket.on('message', (data) => {
      const at = new Date().toISOString();
      tell({ type: 'said', id: randomUUID(), name, text: String(data), at });
    });
    socket.on('close', () => {
      people.delete(socket);
      tell({ type: 'left', name });
    });
  },
  // Three ticks, then nothing more.
  '/push'(socket) {
    let n = 0;
    const timer = setInterval(() => {
      socket.send(JSON.stringify({ tick: ++n, of: 3, time: Date.now() }));
      if (n === 3) clearInterval(timer);
    }, 20);
    socket.on('close', () => clearInterval(timer));
  },
  // What comes goes back, with its type.
  '/echo'(socket) {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  },
  // "ping x" is answered with a ping, "pong x" with a pong, "close 4000 why" with a Close frame.
  '/control'(socket) {
    socket.on('message', (data) => {
      const [word, ...rest] = String(data).split(' ');
      if (word === 'ping') socket.ping(rest.join(' '));
      else if (word === 'pong') socket.pong(rest.join(' '));
      else if (word === 'close') socket.close(Number(rest[0]), rest.slice(1).join(' '));
      else if (word === 'break') socket.terminate();
    });
    socket.on('pong', (data) => socket.send(`your pong: ${data}`));
  },
  // A login gives a token, which opens the rest.
  '/session'(socket) {
    const token = randomUUID();
    socket.on('message', (data) => {
      let said;
      try {
        said = JSON.parse(data);
      } catch {
        return socket.send(JSON.stringify({ error: 'not JSON' }));
      }
      const { login, with: given, get } = said;
      if (login) socket.send(JSON.stringify({ welcome: login, token, expires: Date.now() + 60000 }));
      else if (given !== token) socket.send(JSON.stringify({ error: 'who are you?' }));
      else socket.send(JSON.stringify({ items: [{ name: get, price: 3.5 }, { name: 'bag', price: 0 }] }));
    });
  },
};

// Why a request is refused, undefined when it is not.
function refusal(request, path) {
  const { authorization, origin } = request.headers;
  const login = 'Basic ' + Buffer.from('ann:s3cret').toString('base64');
  if (path === '/private' && authorization !== login) {
    return ['401 Unauthorized', 'WWW-Authenticate: Basic realm="rooms"\r\n', 'log in first'];
  }
  if (path === '/origin' && origin !== 'https://example.com') {
    return ['403 Forbidden', '', 'this origin is not allowed'];
  }
  if (!(path in rooms) && path !== '/private' && path !== '/origin') {
    return ['404 Not Found', '', 'there is no such room'];
  }
}

const web = http.createServer((_, response) => {
  response.writeHead(426, { Upgrade: 'websocket', 'Content-Type': 'text/plain' });
  response.end('this is a WebSocket server\n');
});
const server = new WebSocketServer({ noServer: true });

web.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'ws://localhost');
  const refused = refusal(request, url.pathname);
  if (refused) {
    const [status, fields, body] = refused;
    socket.end(`HTTP/1.1 ${status}\r\n${fields}Content-Type: text/plain\r\nConnection: close\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`);
    return;
  }
  server.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => {}); // such as a frame that is not right; the socket closes itself
    (rooms[url.pathname] ?? rooms['/echo'])(ws, url.searchParams);
  });
});

web.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const { address, port } = web.address();
  console.log(`listening on ${address}:${port}`);
});
