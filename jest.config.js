/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Its default leaves one core of two to itself, which is half of the time; what is timed here is never judged.
  maxWorkers: '100%',
  // Nothing is judged by how long it takes: this only ends what hangs, on a machine that is busy with other things too.
  testTimeout: 120_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  moduleNameMapper: { '^bulkhead$': '<rootDir>/src/index.ts' },
  globalSetup: '<rootDir>/test/support/kafka/globalSetup.ts',
  globalTeardown: '<rootDir>/test/support/kafka/globalTeardown.ts',
};
