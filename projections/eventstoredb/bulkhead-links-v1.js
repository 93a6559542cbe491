// Stage 1, one for each shard: links every event of the stream bulkhead-<shard> to block-<isolationId> and account-<id>,
// both sides of a trade or deleveraging. `bulkhead projections install` sets the shard in the next line.
const shard = 0;

// Ids of blocks count within their shard, and two projections must not write to one stream: other shards say which they are.
const place = shard === 0 ? '' : `@${shard}`;

const accountFields = ['accountId', 'makerAccountId', 'takerAccountId', 'counterpartyAccountId'];
const blockFields = ['isolationId', 'makerIsolationId', 'takerIsolationId', 'counterpartyIsolationId'];
const accountName = /^[A-Za-z0-9._~-]{1,64}$/;
const blockName = /^iso-[1-9][0-9]{0,14}$/;

// A refused command may say anything where a name belongs, and a link to a nameless stream would stop the projection.
function linkNamed(event, data, fields, name, category) {
  const linked = [];
  for (const field of fields) {
    const id = data[field];
    if (typeof id !== 'string' || !name.test(id) || linked.includes(id)) continue;
    linked.push(id);
    linkTo(category + id + place, event);
  }
}

function objectOr(value, fallback) {
  return typeof value === 'object' && value !== null ? value : fallback;
}

fromStream(`bulkhead-${shard}`).when({
  $any: (_state, event) => {
    if (!event.isJson) throw new Error(`an event with frame packing at ${event.sequenceNumber}: projections need one event a domain event`);
    const data = objectOr(event.data, {});
    // The command itself stands at index 0: its account is the one that it names, its block the one of its result.
    const command = objectOr(objectOr(data.command, {}).data, data);
    linkNamed(event, data, blockFields, blockName, 'block-');
    linkNamed(event, command, accountFields, accountName, 'account-');
  },
});
