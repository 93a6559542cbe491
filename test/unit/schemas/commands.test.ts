import { decodeCommand } from '../../../src/contract/decode';
import { Draw } from '../../support/generator/draw';
import { malformed } from '../../support/schemas/malformed';
import { seededRuns } from '../../support/schemas/seededRun';
import { faultsOf } from '../../support/schemas/validator';

const SEED = 20_251_010;

describe('the schema of commands', () => {
  test('says of generated commands, and of the same ones changed at random, exactly what the decoder says', () => {
    const draw = new Draw(SEED);
    const differences: string[] = [];
    const seen = { taken: 0, refused: 0 };
    const compare = (json: unknown) => {
      const decoded = decodeCommand(json);
      seen[decoded.ok ? 'taken' : 'refused'] += 1;
      const faults = faultsOf('Command', json);
      if (decoded.ok === (faults.length === 0)) return;
      const why = decoded.ok ? faults.join('; ') : `${'field' in decoded ? decoded.field : ''} ${decoded.reason}`;
      differences.push(`${JSON.stringify(json).slice(0, 400)}: ${why}`);
    };
    seededRuns(
      SEED,
      40,
      () => undefined,
      ({ command }) => {
        compare(command);
        for (let times = 0; times < 4; times++) compare(malformed(command, draw));
      },
    );
    expect(differences.slice(0, 5)).toEqual([]);
    expect(seen.taken).toBeGreaterThan(3_000);
    expect(seen.refused).toBeGreaterThan(5_000);
  });
});
