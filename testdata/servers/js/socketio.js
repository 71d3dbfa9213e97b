// Socket.IO: every event is answered with the same event.
//
//     node socketio.js [PORT]
'use strict';

const { createServer } = require('node:http');
const { Server } = require('socket.io');

const server = createServer();
const io = new Server(server);
io.on('connection', (socket) => {
  socket.onAny((event, ...args) => socket.emit(event, ...args));
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});
