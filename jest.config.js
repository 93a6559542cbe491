/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  moduleNameMapper: { '^bulkhead$': '<rootDir>/src/index.ts' },
  globalSetup: '<rootDir>/test/support/kafka/globalSetup.ts',
  globalTeardown: '<rootDir>/test/support/kafka/globalTeardown.ts',
};
