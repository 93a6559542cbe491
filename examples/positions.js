// Keeps every position of a venue in a program of its own: folds the events of its topic as the node itself does, and
// writes a JSON line for each row that changed. `npm install bulkhead kafkajs`, then `node positions.js`.
const { Kafka } = require('kafkajs');
const { PositionFold, PublicRecords, rowOf } = require('bulkhead/projections');

const kafka = new Kafka({ brokers: [process.env.KAFKA ?? '127.0.0.1:19092'] });
const topic = process.env.TOPIC ?? 'bulkhead.events.v1';
const consumer = kafka.consumer({ groupId: 'positions-example' });
const shards = new Map();

// Partition = shard, and each shard is a history of its own.
function shardOf(partition) {
  if (!shards.has(partition)) shards.set(partition, { records: new PublicRecords(), fold: new PositionFold() });
  return shards.get(partition);
}

async function main() {
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false, // What is folded is in memory alone, so every start begins at the first event.
    eachMessage: async ({ partition, message }) => {
      const { records, fold } = shardOf(partition);
      const record = records.take(JSON.parse(message.value));
      if (record === undefined) return; // More events of the same command follow.
      for (const { position } of fold.apply(record)) console.log(JSON.stringify({ key: position.key, row: rowOf(position) }));
    },
  });
}

main();
