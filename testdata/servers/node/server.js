// The walkthrough server: greets, answers {"text": …} with the text in capitals, and anything else with
// an error.
//
//     node server.js [PORT]
//
// The port is the argument's, else $PORT's, else 8080; 0 takes a free one. The line "listening on
// HOST:PORT" on standard output says which.
'use strict';

const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? process.env.PORT ?? 8080),
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`listening on ${address}:${port}`);
});

server.on('error', (err) => {
  console.error(err.message);
  process.exit(1);
});

server.on('connection', (socket) => {
  const send = (reply) => socket.send(JSON.stringify(reply));

  socket.on('error', () => {}); // such as a frame that is not right; the socket closes itself
  socket.on('message', (data) => send(answer(data)));
  send({ type: 'welcome', message: 'Connected to the WebSocket server' });
});

function answer(data) {
  try {
    const { text } = JSON.parse(data);
    return {
      type: 'echo',
      message: `Server echo: ${text.toUpperCase()}`,
      timestamp: new Date().toISOString(),
    };
  } catch {
    return { type: 'error', message: 'Invalid JSON format' };
  }
}
