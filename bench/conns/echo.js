// An echo with Node's ws, for bench/conns: node echo.js FOLDER, where `npm install ws` was run.
const { WebSocketServer } = require(require('path').join(process.argv[2], 'node_modules/ws'));
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (ws) => {
  ws.on('message', (data, binary) => ws.send(data, { binary }));
  ws.on('error', () => {});
});
server.on('listening', () => console.log(`127.0.0.1:${server.address().port}`));
