import { rejections } from '../../../src/contract/rejections';

test('codes are upper-case words, each with a sentence', () => {
  for (const [code, sentence] of Object.entries(rejections)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(sentence).toMatch(/^[A-Z].+\.$/);
  }
});
