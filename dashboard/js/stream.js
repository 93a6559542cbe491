// The node's stream, for what must be seen as it happens; without it the page still looks each second.
import { streamProtocols } from './key.js';

const AGAIN_MS = 2_000;
/** Why a subscription has no effect now, and may have one later: after a start the views come a little later than the node. */
const PASSING = ['NOT_READY', 'RATE_LIMITED'];

/**
 * Hears the rows of a channel as they come, from now on; after a cut it goes on where it was, as far as the node keeps that.
 * Returns the way to stop it.
 */
export function follow(channel, hear) {
  let socket;
  let seq;
  let timer;
  let isWanted = true;

  const subscribe = () => socket.send(JSON.stringify({ op: 'subscribe', channel, fromSeq: seq }));

  function take({ type, code, rows = [], seq: told, more }) {
    if (type === 'error' && PASSING.includes(code)) timer = setTimeout(subscribe, AGAIN_MS);
    if (type === 'reset') seq = undefined;
    // A snapshot tells what stands: of a channel of events nothing, or what was listed already.
    if (type === 'delta') hear(rows.map(({ row }) => row));
    if (told !== undefined && more !== true) seq = told;
  }

  function connect() {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/stream`, streamProtocols());
    socket.addEventListener('open', subscribe);
    socket.addEventListener('message', ({ data }) => {
      for (const message of JSON.parse(data)) take(message);
    });
    socket.addEventListener('close', () => {
      clearTimeout(timer);
      if (isWanted) timer = setTimeout(connect, AGAIN_MS);
    });
  }

  connect();
  return () => {
    isWanted = false;
    clearTimeout(timer);
    socket.close();
  };
}
