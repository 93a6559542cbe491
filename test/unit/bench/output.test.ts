import { serversNamed } from '../../../src/bench/output';

test('the servers of a figure are told, and no password', () => {
  expect(serversNamed({ eventstore: 'esdb://admin:secret@db:2113?tls=true', kafka: 'a:1,b:2' })).toEqual([
    '"store" on esdb://db:2113?tls=true',
    '"kafka" on a:1,b:2',
  ]);
  expect(serversNamed({})).toEqual([]);
});
