import { readServeSettings } from '../../../src/config';
import { composeFile } from '../../support/compose/composeFile';

describe('the nodes of docker-compose.yml', () => {
  const nodes = Object.entries(composeFile().services).flatMap(([name, { command }]) =>
    Array.isArray(command) && command[0] === 'serve' ? [[name, command.slice(1).map(String)] as const] : [],
  );

  test('are some', () => {
    expect(nodes.length).toBeGreaterThan(2);
  });

  test.each(nodes)('%s is told what it takes', (_, args) => {
    expect(readServeSettings(args, {}).settings).toMatchObject({ host: '0.0.0.0', port: 8080 });
  });
});
