import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the place of the broker that the tests of one run share; who needs it first starts it (`broker.ts`). */
export default function globalSetup(): void {
  process.env.BULKHEAD_TEST_KAFKA_DIR = mkdtempSync(join(tmpdir(), 'bulkhead-kafka-'));
}
