// What an EventStoreDB answers to @eventstore/db-client, check by check.
//   node conformance.cjs URL                     compare with recorded-23.10.8.json, print differences, end with 'N passed, N failed, N skipped'
//   node conformance.cjs URL --record FILE       write what this server answers
//   node conformance.cjs URL --only GROUP[,…]    groups: append idempotence sizes content read delete metadata all subscribe persistent projections
//   node conformance.cjs URL --without GROUP[,…] those are counted as skipped, and named
// The recording came from a real EventStoreDB 23.10.8 in memory with --run-projections=All --start-standard-projections.
// Streams have random names, so it can run against any test server; it appends, deletes and creates projections.
const fs = require('node:fs');
const path = require('node:path');
const { randomUUID } = require('node:crypto');
const es = require(require.resolve('@eventstore/db-client', { paths: [process.cwd(), __dirname] }));
const { NO_STREAM, ANY, STREAM_EXISTS, START, END, FORWARDS, BACKWARDS, jsonEvent, binaryEvent, streamNameFilter, eventTypeFilter } = es;

const args = process.argv.slice(2);
const url = args.find((a) => a.startsWith('esdb')) ?? process.env.EVENTSTORE_URL;
if (!url) {
  console.error('usage: node conformance.cjs esdb://127.0.0.1:2113?tls=false [--record FILE] [--only a,b] [--without a,b]');
  process.exit(2);
}
const opt = (name) => {
  const i = args.indexOf(name);
  return i < 0 ? undefined : args[i + 1];
};
let client = es.EventStoreDBClient.connectionString(url); // a new one for each check of 'sizes': a refused oversized append can leave the batch stream dead for good
const quietClient = es.EventStoreDBClient.connectionString(`${url}${url.includes('?') ? '&' : '?'}throwOnAppendFailure=false`);
const credentials = { username: 'admin', password: 'changeit' };

const checks = [];
const check = (group, name, fn) => checks.push({ group, name, fn });
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// --- one check's own world: its streams and ids, and their names in the recording
class World {
  constructor() {
    this.names = new Map();
    this.ids = new Map();
    this.known = new Map();
    this.prefix = `conf${randomUUID().replace(/-/g, '')}`;
  }
  stream(label = 's') {
    const n = `${this.prefix}-${label}`;
    this.names.set(n, label);
    return n;
  }
  id(n) {
    if (!this.ids.has(n)) {
      const u = randomUUID();
      this.ids.set(n, u);
      this.known.set(u, n);
    }
    return this.ids.get(n);
  }
  event(n, extra = {}) {
    return jsonEvent({ id: this.id(n), type: 'E', data: { n }, ...extra });
  }
  events(...ns) {
    return ns.map((n) => this.event(n));
  }
  async read(stream, o = {}) {
    const out = [];
    for await (const r of client.readStream(stream, { direction: FORWARDS, fromRevision: START, ...o }))
      out.push(r.event ? [Number(r.event.revision), this.known.get(r.event.id) ?? r.event.data] : [r.link ? 'link' : 'nothing']);
    return out;
  }
  plain(v) {
    // what is compared: no positions, times, random names or message texts
    if (typeof v === 'bigint') return `${v}n`;
    if (v === undefined) return 'undefined';
    if (v instanceof Uint8Array) return `bytes:${Buffer.from(v).toString('hex').slice(0, 40)}`;
    if (v instanceof Error) {
      const o = { error: v.type ?? v.name };
      for (const k of ['streamName', 'expectedVersion', 'actualVersion', 'maxAppendSize']) if (v[k] !== undefined) o[k] = this.plain(v[k]);
      return o;
    }
    if (typeof v === 'string') {
      let s = v;
      for (const [n, label] of this.names) s = s.split(n).join(label);
      s = s.split(this.prefix).join('P');
      for (const [u, n] of this.known) s = s.split(u).join(`id${n}`);
      return s;
    }
    if (Array.isArray(v)) return v.map((x) => this.plain(x));
    if (v && typeof v === 'object')
      return Object.fromEntries(
        Object.entries(v)
          .filter(([k]) => !['position', 'commit', 'prepare', 'created', 'metastreamRevision'].includes(k))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([k, x]) => [k, this.plain(x)]),
      );
    return v;
  }
  async tell(promise) {
    try {
      return this.plain(await promise);
    } catch (e) {
      return this.plain(e);
    }
  }
}
const append = (w, stream, events, expectedRevision, o = {}) => w.tell(client.appendToStream(stream, events, { expectedRevision, ...o }));
const metadataOf = async (w, stream) => {
  try {
    const r = await client.getStreamMetadata(stream);
    return w.plain(r.metadata ?? null);
  } catch (e) {
    return w.plain(e);
  }
};

for (const [path, o] of [
  ['batch', {}],
  ['unary', { credentials }],
]) {
  const on = (name, fn) =>
    check('append', `${path}: ${name}`, (w) => fn(w, (s, ev, rev, more = {}) => append(w, s, ev, rev, { ...o, ...more })));
  on('STREAM_EXISTS on a missing stream', (w, a) => a(w.stream(), w.events(0), STREAM_EXISTS));
  on('revision 0 on a missing stream', (w, a) => a(w.stream(), w.events(0), 0n));
  on('NO_STREAM, three events', (w, a) => a(w.stream(), w.events(0, 1, 2), NO_STREAM));
  on('NO_STREAM on an existing stream', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1, 2), NO_STREAM);
    return a(s, w.events(3), NO_STREAM);
  });
  on('STREAM_EXISTS on an existing stream', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0), NO_STREAM);
    return a(s, w.events(1), STREAM_EXISTS);
  });
  on('ANY on a missing, then on an existing stream', async (w, a) => {
    const s = w.stream();
    return [await a(s, w.events(0), ANY), await a(s, w.events(1, 2), ANY)];
  });
  on('exact revision', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1), NO_STREAM);
    return a(s, w.events(2, 3), 1n);
  });
  on('stale revision', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1, 2), NO_STREAM);
    return a(s, w.events(3), 1n);
  });
  on('revision ahead of the stream', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0), NO_STREAM);
    return a(s, w.events(1), 99n);
  });
  on('empty append with ANY', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1), NO_STREAM);
    return a(s, [], ANY);
  });
  on('empty append to a missing stream, then read, then NO_STREAM', async (w, a) => {
    const s = w.stream();
    return [await a(s, [], NO_STREAM), await w.tell(w.read(s)), await a(s, w.events(0), NO_STREAM)];
  });
  on('empty append with a stale revision', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1, 2), NO_STREAM);
    return a(s, [], 0n);
  });
  on('throwOnAppendFailure false, stale', async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1, 2, 3), NO_STREAM);
    return w.tell(quietClient.appendToStream(s, w.events(4), { expectedRevision: 1n, ...o }));
  });
  on('throwOnAppendFailure false, missing stream', (w) =>
    w.tell(quietClient.appendToStream(w.stream(), w.events(0), { expectedRevision: STREAM_EXISTS, ...o })),
  );
  on('id that is no uuid', (w, a) => a(w.stream(), [jsonEvent({ id: 'not-a-uuid', type: 'E', data: {} })], ANY));
  on('empty type', (w, a) => a(w.stream(), [jsonEvent({ type: '', data: {} })], ANY));
  on('empty stream name', (w, a) => a('', w.events(0), ANY));

  const again = (name, fn) => check('idempotence', `${path}: ${name}`, (w) => fn(w, (s, ev, rev) => append(w, s, ev, rev, o)));
  const three = async (w, a) => {
    const s = w.stream();
    await a(s, w.events(0, 1, 2), NO_STREAM);
    return s;
  };
  again('same ids, same NO_STREAM', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 1, 2), NO_STREAM), await w.read(s)];
  });
  again('same ids, ANY', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 1, 2), ANY), await w.read(s)];
  });
  again('same ids, STREAM_EXISTS', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 1, 2), STREAM_EXISTS), await w.read(s)];
  });
  again('same ids at the present end are written again', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 1, 2), 2n), await w.read(s)];
  });
  again('same ids, same revision, after more was appended', async (w, a) => {
    const s = await three(w, a);
    await a(s, w.events(3, 4), 2n);
    return [await a(s, w.events(0, 1, 2), NO_STREAM), await a(s, w.events(3, 4), 2n), await w.read(s)];
  });
  again('a prefix of the first append', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 1), NO_STREAM), await w.read(s)];
  });
  again('a tail of the first append at its own revision', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(1, 2), 0n), await w.read(s)];
  });
  again('old ids with a gap', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 2), NO_STREAM), await w.read(s)];
  });
  again('old prefix and new events, same NO_STREAM', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 1, 2, 3), NO_STREAM), await w.read(s)];
  });
  again('old and new at an old revision', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(2, 3), 1n), await w.read(s)];
  });
  again('old id and new id at the present end', async (w, a) => {
    const s = await three(w, a);
    return [await a(s, w.events(0, 3), 2n), await w.read(s)];
  });
  again('same ids in another stream', async (w, a) => {
    await three(w, a);
    const t = w.stream('t');
    return [await a(t, w.events(0, 1, 2), NO_STREAM), await w.read(t)];
  });
  again('the same id twice in one append', async (w, a) => {
    const s = w.stream();
    return [await a(s, w.events(0, 0), NO_STREAM), await w.read(s)];
  });
  again('same id, other data: the first stays', async (w, a) => {
    const s = w.stream();
    await a(s, [jsonEvent({ id: w.id(0), type: 'E', data: { v: 1 } })], NO_STREAM);
    const r = await a(s, [jsonEvent({ id: w.id(0), type: 'E', data: { v: 2 } })], NO_STREAM);
    const d = [];
    for await (const x of client.readStream(s)) d.push(x.event.data);
    return [r, d];
  });
}
check('append', '16 at once with NO_STREAM: one wins', async (w) => {
  const s = w.stream();
  const r = await Promise.all(Array.from({ length: 16 }, (_, i) => append(w, s, w.events(i), NO_STREAM)));
  return { won: r.filter((x) => x.success).length, lost: [...new Set(r.filter((x) => !x.success).map((x) => x.error))] };
});
check('append', '100 at once with ANY keep the order of issue', async (w) => {
  const s = w.stream();
  const done = [];
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => client.appendToStream(s, w.events(i), { expectedRevision: ANY }).then(() => done.push(i))),
  );
  const at = (await w.read(s)).map(([, n]) => n);
  return { stored: at.every((n, i) => n === i), acknowledged: done.every((n, i) => n === i) };
});
check('append', '50 in flight at exact revisions, each on the one before', async (w) => {
  const s = w.stream();
  const r = await Promise.all(
    Array.from({ length: 50 }, (_, i) => append(w, s, w.events(2 * i, 2 * i + 1), i === 0 ? NO_STREAM : BigInt(2 * i - 1))),
  );
  return { ok: r.filter((x) => x.success).length, last: r.at(-1), stored: (await w.read(s)).length };
});
check('append', 'in flight at exact revisions, the second one wrong: what follows fails too', async (w) => {
  const s = w.stream();
  return Promise.all([append(w, s, w.events(0), NO_STREAM), append(w, s, w.events(1), 7n), append(w, s, w.events(2), 1n)]);
});

// --- sizes
const bytes = (n) => Buffer.alloc(n, 7);
for (const [path, o] of [
  ['batch', {}],
  ['unary', { credentials }],
]) {
  check('sizes', `${path}: one event of exactly 1 MiB`, (w) =>
    append(w, w.stream(), [binaryEvent({ type: 'B', data: bytes(1048576) })], ANY, o),
  );
  check('sizes', `${path}: one byte more, and nothing of it is stored`, async (w) => {
    const s = w.stream();
    return [await append(w, s, [binaryEvent({ type: 'B', data: bytes(1048577) })], ANY, o), await w.tell(w.read(s))];
  });
  check('sizes', `${path}: 5,242 events of 200 bytes`, (w) =>
    append(
      w,
      w.stream(),
      Array.from({ length: 5242 }, () => binaryEvent({ type: 'B', data: bytes(200) })),
      ANY,
      o,
    ),
  );
  check('sizes', `${path}: 5,243 events of 200 bytes: refused whole`, async (w) => {
    const s = w.stream();
    return [
      await append(
        w,
        s,
        Array.from({ length: 5243 }, () => binaryEvent({ type: 'B', data: bytes(200) })),
        ANY,
        o,
      ),
      await w.tell(w.read(s)),
    ];
  });
  check('sizes', `${path}: metadata is not counted`, (w) =>
    append(w, w.stream(), [binaryEvent({ type: 'B', data: bytes(600000), metadata: bytes(600000) })], ANY, o),
  );
}
check('sizes', 'batch: 4,000 events in several messages are one append', async (w) => {
  const s = w.stream();
  const r = await append(
    w,
    s,
    Array.from({ length: 4000 }, () => binaryEvent({ type: 'B', data: bytes(200) })),
    NO_STREAM,
    { batchAppendSize: 65536 },
  );
  return [r, (await w.read(s)).length];
});

// --- content
check('content', 'JSON kinds come back', async (w) => {
  const s = w.stream();
  await client.appendToStream(
    s,
    [{ a: 1, s: 'é 😀' }, [1, 2], 'x', 5, null, true].map((data) => jsonEvent({ type: 'J', data })),
  );
  const out = [];
  for await (const r of client.readStream(s)) out.push([r.event.isJson, r.event.data]);
  return out;
});
check('content', 'binary and its metadata come back', async (w) => {
  const s = w.stream();
  await client.appendToStream(s, [
    binaryEvent({ type: 'b', data: Buffer.from([0, 1, 255]), metadata: { x: 1 } }),
    binaryEvent({ type: 'b', data: Buffer.from('{"looks":"json"}'), metadata: Buffer.from([1, 2, 3]) }),
    binaryEvent({ type: 'b', data: Buffer.alloc(0) }),
  ]);
  const out = [];
  for await (const r of client.readStream(s)) out.push([r.event.isJson, w.plain(r.event.data), w.plain(r.event.metadata)]);
  return out;
});
check('content', 'JSON metadata comes back', async (w) => {
  const s = w.stream();
  await client.appendToStream(s, [w.event(0, { metadata: { $correlationId: 'c', seq: 1 } })]);
  for await (const r of client.readStream(s)) return [r.event.metadata, w.plain(r.event.id)];
});
check('content', 'an upper-case id comes back in lower case', async () => {
  const s = `conf-${randomUUID()}`;
  const id = randomUUID().toUpperCase();
  await client.appendToStream(s, [jsonEvent({ id, type: 'E', data: {} })]);
  for await (const r of client.readStream(s)) return r.event.id === id.toLowerCase();
});
check('content', 'stream names with a space, a slash, letters beyond ASCII, 2,000 characters', async (w) => {
  const out = [];
  for (const label of ['a b', 'a/b', 'é😀', 'x'.repeat(2000)]) {
    const s = w.stream(label);
    await append(w, s, w.events(0), ANY);
    out.push((await w.read(s)).length);
  }
  return out;
});
check('content', 'created is the time of the append', async (w) => {
  const s = w.stream();
  const t0 = Date.now();
  await append(w, s, w.events(0), ANY);
  for await (const r of client.readStream(s)) return Math.abs(new Date(r.event.created).getTime() - t0) < 60000;
});
check('content', 'positions rise with the append order', async (w) => {
  const s = w.stream();
  const p = [];
  for (let i = 0; i < 5; i++) p.push((await client.appendToStream(s, w.events(i))).position.commit);
  const q = [];
  for await (const r of client.readStream(s)) q.push(r.event.position.commit);
  return [p.every((x, i) => i === 0 || x > p[i - 1]), q.every((x, i) => x === p[i])];
});

// --- read
const ten = async (w) => {
  const s = w.stream();
  await append(w, s, w.events(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), NO_STREAM);
  return s;
};
const reads = {
  forwards: {},
  'backwards from END': { direction: BACKWARDS, fromRevision: END },
  'backwards from END, one': { direction: BACKWARDS, fromRevision: END, maxCount: 1 },
  'backwards from START': { direction: BACKWARDS, fromRevision: START },
  'forwards from END': { fromRevision: END },
  'forwards from 7': { fromRevision: 7n },
  'forwards from 7, two': { fromRevision: 7n, maxCount: 2 },
  'just past the end': { fromRevision: 10n },
  'far past the end': { fromRevision: 1000n },
  'backwards from 3': { direction: BACKWARDS, fromRevision: 3n },
  'backwards from past the end': { direction: BACKWARDS, fromRevision: 1000n, maxCount: 2 },
  'maxCount 0': { maxCount: 0 },
};
for (const [name, o] of Object.entries(reads)) check('read', name, async (w) => w.tell(w.read(await ten(w), o)));
check('read', 'a missing stream', (w) => w.tell(w.read(w.stream())));
check('read', 'left early', async (w) => {
  const s = await ten(w);
  const out = [];
  for await (const r of client.readStream(s)) {
    out.push(Number(r.event.revision));
    if (out.length === 2) break;
  }
  return [out, (await w.read(s)).length];
});

// --- delete and tombstone
check('delete', 'soft delete at a wrong revision', async (w) => w.tell(client.deleteStream(await ten(w), { expectedRevision: 3n })));
check('delete', 'soft delete, read, metadata', async (w) => {
  const s = await ten(w);
  await client.deleteStream(s, { expectedRevision: 9n });
  return [await w.tell(w.read(s)), await metadataOf(w, s)];
});
check('delete', 'NO_STREAM after a soft delete goes on counting', async (w) => {
  const s = await ten(w);
  await client.deleteStream(s);
  const r = await append(w, s, w.events(20, 21), NO_STREAM);
  await sleep(300);
  return [r, await w.read(s), await metadataOf(w, s)];
});
check('delete', 'the old last revision after a soft delete', async (w) => {
  const s = await ten(w);
  await client.deleteStream(s);
  return append(w, s, w.events(20), 9n);
});
check('delete', 'STREAM_EXISTS after a soft delete', async (w) => {
  const s = await ten(w);
  await client.deleteStream(s);
  return append(w, s, w.events(20), STREAM_EXISTS);
});
check('delete', 'ANY after a soft delete', async (w) => {
  const s = await ten(w);
  await client.deleteStream(s);
  return append(w, s, w.events(20), ANY);
});
check('delete', 'soft delete of a missing stream', (w) => w.tell(client.deleteStream(w.stream())));
check('delete', 'soft delete twice', async (w) => {
  const s = await ten(w);
  await client.deleteStream(s);
  return (await w.tell(client.deleteStream(s))).error ?? 'fine';
});
check('delete', 'tombstone: read, append, delete, metadata, subscribe', async (w) => {
  const s = await ten(w);
  await client.tombstoneStream(s);
  const sub = new Promise((r) => {
    const x = client.subscribeToStream(s);
    x.on('error', (e) => r(w.plain(e)));
    x.on('data', () => {});
    setTimeout(() => r('nothing'), 3000);
  });
  return [
    await w.tell(w.read(s)),
    await append(w, s, w.events(20), ANY),
    await append(w, s, w.events(20), ANY, { credentials }),
    await w.tell(client.deleteStream(s)),
    await metadataOf(w, s),
    await sub,
  ];
});
check('delete', 'tombstone at a wrong revision', async (w) => w.tell(client.tombstoneStream(await ten(w), { expectedRevision: 0n })));

// --- stream metadata
check('metadata', 'none set', async (w) => metadataOf(w, await ten(w)));
check('metadata', 'maxCount 3: reads from everywhere', async (w) => {
  const s = await ten(w);
  await client.setStreamMetadata(s, { maxCount: 3 });
  return [
    await metadataOf(w, s),
    await w.read(s),
    await w.read(s, { maxCount: 2 }),
    await w.read(s, { fromRevision: 5n }),
    await append(w, s, w.events(10), 9n),
    await w.read(s),
  ];
});
check('metadata', 'truncateBefore', async (w) => {
  const s = await ten(w);
  await client.setStreamMetadata(s, { truncateBefore: 8 });
  return [await w.read(s), await w.read(s, { direction: BACKWARDS, fromRevision: END })];
});
check('metadata', 'all truncated: read, NO_STREAM, exact', async (w) => {
  const s = await ten(w);
  await client.setStreamMetadata(s, { truncateBefore: 100 });
  return [await w.tell(w.read(s)), await append(w, s, w.events(10), NO_STREAM), await append(w, s, w.events(10), 9n)];
});
check('metadata', 'setting it at an expected revision', async (w) => {
  const s = await ten(w);
  return [
    await w.tell(client.setStreamMetadata(s, { maxCount: 3 }, { expectedRevision: NO_STREAM })),
    await w.tell(client.setStreamMetadata(s, { maxCount: 4 }, { expectedRevision: NO_STREAM })),
    await w.tell(client.setStreamMetadata(s, { maxCount: 5 }, { expectedRevision: 0n })),
    await metadataOf(w, s),
  ];
});
check('metadata', 'custom fields', async (w) => {
  const s = await ten(w);
  await client.setStreamMetadata(s, { maxCount: 50, owner: 'bulkhead' });
  return metadataOf(w, s);
});

// --- $all
check('all', 'from an own position: own events in order, both ways', async (w) => {
  const s = w.stream();
  const first = (await client.appendToStream(s, w.events(0))).position;
  await append(w, s, w.events(1, 2), 0n);
  const f = [];
  for await (const r of client.readAll({ direction: FORWARDS, fromPosition: first, maxCount: 5000 }))
    if (r.event?.streamId === s) f.push(w.known.get(r.event.id));
  const b = [];
  for await (const r of client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 5000 }))
    if (r.event?.streamId === s) b.push(w.known.get(r.event.id));
  return [f, b];
});

// --- subscriptions: what arrives within a moment
const listen = (sub, { until, ms = 4000, show }) =>
  new Promise((resolve) => {
    const out = [];
    const end = () => {
      clearTimeout(t);
      sub.removeAllListeners('error');
      sub.on('error', () => {});
      sub.unsubscribe().catch(() => {});
      resolve(out);
    };
    const t = setTimeout(end, ms);
    sub.on('error', (e) => {
      out.push(e);
      end();
    });
    const arrived = (x) => {
      out.push(x);
      if (
        until(
          out.filter((y) => y !== 'caughtUp'),
          out,
        )
      )
        end();
    };
    sub.on('caughtUp', () => arrived('caughtUp'));
    sub.on('data', (r) => arrived(show(r)));
  });
const rev = (r) => (r.event ? Number(r.event.revision) : 'link');
check('subscribe', 'a stream from START, then live', async (w) => {
  const s = await ten(w);
  const p = listen(client.subscribeToStream(s, { fromRevision: START }), { until: (o) => o.includes(11), show: rev });
  await sleep(300);
  await append(w, s, w.events(10, 11), 9n);
  return w.plain((await p).filter((x) => x !== 'caughtUp'));
});
check('subscribe', 'a stream from a revision: after it', async (w) => {
  const s = await ten(w);
  return w.plain(
    (await listen(client.subscribeToStream(s, { fromRevision: 6n }), { until: (o) => o.includes(9), show: rev })).filter(
      (x) => x !== 'caughtUp',
    ),
  );
});
check('subscribe', 'a stream from END: only what comes', async (w) => {
  const s = await ten(w);
  const p = listen(client.subscribeToStream(s, { fromRevision: END }), { until: (o) => o.includes(10), show: rev });
  await sleep(500);
  await append(w, s, w.events(10), 9n);
  return w.plain((await p).filter((x) => x !== 'caughtUp'));
});
check('subscribe', 'a missing stream: waits, then gets its first event', async (w) => {
  const s = w.stream();
  const p = listen(client.subscribeToStream(s), { until: (o) => o.includes(0), show: rev });
  await sleep(500);
  await append(w, s, w.events(0), NO_STREAM);
  return w.plain((await p).filter((x) => x !== 'caughtUp'));
});
check('subscribe', 'caughtUp is told', async (w) => {
  const s = await ten(w);
  return (await listen(client.subscribeToStream(s), { until: (_, all) => all.includes('caughtUp'), ms: 2000, show: rev })).includes(
    'caughtUp',
  );
});
check('subscribe', 'a truncated stream from START', async (w) => {
  const s = await ten(w);
  await client.setStreamMetadata(s, { truncateBefore: 8 });
  return w.plain((await listen(client.subscribeToStream(s), { until: (o) => o.includes(9), show: rev })).filter((x) => x !== 'caughtUp'));
});
check('subscribe', '$all with a stream prefix', async (w) => {
  const a = w.stream('a');
  const b = w.stream('b');
  const p0 = (await client.appendToStream(w.stream('start'), w.events(99))).position;
  const p = listen(client.subscribeToAll({ fromPosition: p0, filter: streamNameFilter({ prefixes: [a, b] }) }), {
    until: (o) => o.length >= 4,
    show: (r) => w.plain([r.event.streamId, Number(r.event.revision)]),
  });
  await append(w, a, w.events(0), ANY);
  await append(w, b, w.events(1), ANY);
  await append(w, w.stream('c'), w.events(2), ANY);
  await append(w, a, w.events(3, 4), ANY);
  return (await p).filter((x) => x !== 'caughtUp');
});
check('subscribe', '$all with a type expression', async (w) => {
  const type = `T${w.prefix}`;
  const p0 = (await client.appendToStream(w.stream('start'), w.events(99))).position;
  const p = listen(client.subscribeToAll({ fromPosition: p0, filter: eventTypeFilter({ regex: `^${type}[12]$` }) }), {
    until: (o) => o.length >= 2,
    show: (r) => w.plain(r.event.type),
  });
  for (const i of [1, 3, 2]) await client.appendToStream(w.stream(), [jsonEvent({ type: `${type}${i}`, data: {} })]);
  return (await p).filter((x) => x !== 'caughtUp');
});

// --- persistent subscriptions
check('persistent', 'create, consume, acknowledge, park, twice created, delete', async (w) => {
  const s = await ten(w);
  const group = 'g';
  const out = [];
  out.push(
    await w.tell(
      client.createPersistentSubscriptionToStream(s, group, es.persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START })),
    ),
  );
  out.push(
    await w.tell(
      client.createPersistentSubscriptionToStream(s, group, es.persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START })),
    ),
  );
  const sub = client.subscribeToPersistentSubscriptionToStream(s, group);
  const seen = await new Promise((r) => {
    const got = [];
    const t = setTimeout(() => r(got), 4000);
    sub.on('error', (e) => {
      got.push(w.plain(e));
      r(got);
    });
    sub.on('data', async (e) => {
      got.push(Number(e.event.revision));
      if (e.event.revision === 4n) await sub.nack('park', 'test', e);
      else await sub.ack(e);
      if (got.length === 10) {
        clearTimeout(t);
        setTimeout(() => r(got), 500);
      }
    });
  });
  out.push(seen);
  sub.removeAllListeners('error');
  sub.on('error', () => {});
  await sub.unsubscribe().catch(() => {});
  await sleep(300);
  out.push((await w.tell(w.read(`$persistentsubscription-${s}::${group}-parked`))).length);
  out.push(await w.tell(client.deletePersistentSubscriptionToStream(s, group)));
  out.push(await w.tell(client.deletePersistentSubscriptionToStream(s, group)));
  return out;
});

// --- projections: server-side JavaScript
const eventually = async (fn, ok, ms = 15000) => {
  const end = Date.now() + ms;
  let v;
  do {
    try {
      v = await fn();
      if (ok(v)) return v;
    } catch (e) {
      v = e;
    }
    await sleep(150);
  } while (Date.now() < end);
  return v;
};
check('projections', 'links per account by $by_category and linkTo', async (w) => {
  const category = w.prefix;
  for (const [i, who] of ['alice', 'bob', 'alice'].entries())
    await client.appendToStream(`${category}-1`, [jsonEvent({ id: w.id(i), type: 'Moved', data: { accountId: who, n: i } })]);
  const name = `links-${category}`;
  await client.createProjection(
    name,
    `fromStream('${category}-1').when({ $any: function (s, e) { if (e.data && e.data.accountId) linkTo('acct${category}-' + e.data.accountId, e); } });`,
    { emitEnabled: true },
  );
  return eventually(
    async () => {
      const out = [];
      for await (const r of client.readStream(`acct${category}-alice`, { resolveLinkTos: true }))
        out.push([r.link?.type, r.event && w.plain(r.event.id), r.event?.data.n]);
      return out;
    },
    (v) => v.length === 2,
  );
});
check('projections', 'state and result by partition', async (w) => {
  const category = w.prefix;
  for (const [i, a] of [
    ['alice', 5],
    ['bob', 7],
    ['alice', -2],
  ].entries())
    await client.appendToStream(`${category}-1`, [jsonEvent({ type: 'Cash', data: { accountId: a[0], amount: a[1] } })]);
  const name = `sum-${category}`;
  await client.createProjection(
    name,
    `fromStream('${category}-1').partitionBy(function (e) { return e.data.accountId; }).when({ $init: function () { return { sum: 0, count: 0 }; }, Cash: function (s, e) { s.sum += e.data.amount; s.count += 1; return s; } }).transformBy(function (s) { return { total: s.sum }; }).outputState();`,
  );
  const read = (fn) => (partition) =>
    eventually(
      () => client[fn](name, { partition }),
      (v) => v && Object.keys(v).length > 0 && (v.count ?? 2) > (partition === 'alice' ? 1 : 0),
    );
  await sleep(1500);
  return w.plain([
    await read('getProjectionState')('alice'),
    await read('getProjectionResult')('alice'),
    await read('getProjectionResult')('bob'),
  ]);
});
check('projections', 'decimal strings survive, integers beyond 2^53 do not', async (w) => {
  const s = `${w.prefix}-1`;
  await client.appendToStream(s, [jsonEvent({ type: 'X', data: { text: '123456789012345678.000001', big: Number.MAX_SAFE_INTEGER } })]);
  const name = `num-${w.prefix}`;
  await client.createProjection(
    name,
    `fromStream('${s}').when({ $init: function () { return {}; }, X: function (s, e) { s.text = e.data.text; s.big = e.data.big + 2; s.bigInt = typeof BigInt; s.at = e.sequenceNumber; s.stream = e.streamId.length > 0; s.type = e.eventType; return s; } });`,
  );
  return w.plain(
    await eventually(
      () => client.getProjectionState(name),
      (v) => v && v.text,
    ),
  );
});
check('projections', 'a syntax error', async (w) => {
  const name = `bad-${w.prefix}`;
  const r = await w.tell(client.createProjection(name, 'fromAll().when({ $any: function (s, e) { return s; }'));
  await sleep(500);
  const st = await w.tell(client.getProjectionStatus(name));
  return [r.error ?? 'accepted', st.projectionStatus ?? st.status ?? st.error];
});
check('projections', 'a handler that throws', async (w) => {
  const s = `${w.prefix}-1`;
  await client.appendToStream(s, [jsonEvent({ type: 'X', data: {} })]);
  const name = `throws-${w.prefix}`;
  await client.createProjection(name, `fromStream('${s}').when({ X: function (s, e) { return e.data.a.b.c; } });`);
  const st = await eventually(
    () => client.getProjectionStatus(name),
    (v) => /fault/i.test(v.projectionStatus ?? v.status ?? ''),
  );
  return /fault/i.test(st.projectionStatus ?? st.status ?? '') ? 'Faulted' : w.plain(st);
});
check('projections', 'created twice', async (w) => {
  const name = `twice-${w.prefix}`;
  const q = "fromStream('none').when({ $any: function (s, e) { return s; } });";
  await client.createProjection(name, q);
  return w.tell(client.createProjection(name, q));
});

process.on('unhandledRejection', (e) => console.error('a reply that nobody waited for:', e?.message ?? e));
(async () => {
  const only = opt('--only')?.split(',');
  const without = opt('--without')?.split(',') ?? [];
  const file = path.join(__dirname, 'recorded-23.10.8.json');
  const record = opt('--record');
  const recorded = record ? {} : JSON.parse(fs.readFileSync(file, 'utf8'));
  const result = {};
  let passed = 0,
    failed = 0,
    skipped = 0,
    last;
  for (const { group, name, fn } of checks) {
    if (only && !only.includes(group)) continue;
    if (without.includes(group)) {
      skipped++;
      continue;
    }
    if (group === 'sizes' || group !== last) client = es.EventStoreDBClient.connectionString(url);
    last = group;
    const w = new World();
    let got;
    let timer;
    const t0 = performance.now();
    try {
      got = await Promise.race([
        fn(w),
        new Promise((_, no) => {
          timer = setTimeout(() => no(new Error('not answered in 30 s')), 30000);
        }),
      ]);
      got = w.plain(got);
    } catch (e) {
      got = { threw: w.plain(e.message ?? String(e)) };
    } finally {
      clearTimeout(timer);
    }
    (result[group] ??= {})[name] = got;
    if (args.includes('--verbose'))
      console.log(`${Math.round(performance.now() - t0)} ms  ${group} / ${name}  ${JSON.stringify(got).slice(0, 300)}`);
    if (record) continue;
    const want = recorded[group]?.[name];
    if (JSON.stringify(got) === JSON.stringify(want)) passed++;
    else {
      failed++;
      console.log(`${group} / ${name}\n   recorded ${JSON.stringify(want)}\n   answered ${JSON.stringify(got)}`);
    }
  }
  if (record) {
    fs.writeFileSync(record, `${JSON.stringify(result, null, 1)}\n`);
    console.log(`recorded ${Object.values(result).reduce((a, g) => a + Object.keys(g).length, 0)} answers`);
  } else {
    if (without.length) console.log(`without: ${without.join(', ')}`);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  process.exit(failed ? 1 : 0);
})();
