import { credentialsIn } from '../../../src/journal/eventstoredb/lease';

describe('user and password in the address of a store', () => {
  test.each([
    ['esdb://127.0.0.1:2113?tls=false', 'bulkhead', 'bulkhead'],
    ['esdb://admin:changeit@127.0.0.1:2113?tls=true', 'admin', 'changeit'],
    ['esdb+discover://ops:p%40ss%3Aword@store.example:2113', 'ops', 'p@ss:word'],
    ['esdb://a:b@one:2113,two:2113,three:2113?tls=false', 'a', 'b'],
    ['esdb://one:2113,two:2113', 'bulkhead', 'bulkhead'],
  ])('%s', (url, username, password) => {
    expect(credentialsIn(url)).toEqual({ username, password });
  });
});
