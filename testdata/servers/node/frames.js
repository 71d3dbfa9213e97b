// A server whose messages are framed in every way: fragmented, compressed, with control frames between.
// Each text message that comes names one of them.
//
//     node frames.js [PORT]
//
// It says "listening on HOST:PORT" on standard output; without a port it takes a free one.
'use strict';

const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  perMessageDeflate: { threshold: 1 },
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`listening on ${address}:${port}`);
});

const plain = { compress: false };

const answers = {
  fragmented(socket) {
    socket.send('one ', { ...plain, fin: false });
    socket.send('two ', { ...plain, fin: false });
    socket.send('three', plain);
  },
  between(socket) {
    socket.send('before ', { ...plain, fin: false });
    socket.ping('in between');
    socket.send('after', plain);
  },
  compressed: (socket) => socket.send('{"n":' + '[1,2,3],'.repeat(40) + '0}'),
  again: (socket) => socket.send('{"n":' + '[1,2,3],'.repeat(40) + '0}'),
  binary: (socket) => socket.send(Buffer.from([0, 1, 2, 0xfe, 0xff]), plain),
  long: (socket) => socket.send('x'.repeat(300), plain),
  longer: (socket) => socket.send('y'.repeat(70000), plain),
  empty: (socket) => socket.send('', plain),
  ping: (socket) => socket.ping('are you there'),
  pong: (socket) => socket.pong('unasked'),
  bye: (socket) => socket.close(4001, 'so long'),
};

server.on('connection', (socket) => {
  socket.on('error', () => {}); // such as a frame that is not right; the socket closes itself
  socket.on('message', (data) => answers[data]?.(socket));
});
