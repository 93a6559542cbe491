import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Headers that ask for another protocol, and hold for one connection alone. */
const ASKING = /^(connection|upgrade|http2-settings)$/i;

function requestAgain({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const [name, value] = [rawHeaders[place] as string, rawHeaders[place + 1] as string];
    if (!ASKING.test(name)) lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/**
 * Upgrades to a WebSocket of a server, as events of their own. Once anybody listens to upgrades the server hands over all of
 * them, and some clients ask for HTTP/2 with every request: those are put back without that, and answered as if they had not.
 */
export function webSocketUpgrades(server: Server): Server {
  const upgrades = new EventEmitter();
  server.on('upgrade', (request, socket: Socket, head) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') {
      upgrades.emit('upgrade', request, socket, head);
      return;
    }
    socket.unshift(Buffer.concat([requestAgain(request), head]));
    server.emit('connection', socket);
    socket.resume();
  });
  return upgrades as Server;
}
