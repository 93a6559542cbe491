import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopBroker } from './broker';

/** Stops the shared broker, if any test started it. */
export default function globalTeardown(): void {
  const dir = process.env.BULKHEAD_TEST_KAFKA_DIR;
  if (dir === undefined) return;
  stopBroker(join(dir, 'broker'));
  rmSync(dir, { recursive: true, force: true });
}
