import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const executable = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isThere);

/** Where no browser is, scripts/test says at its end that these tests did not run; in CI they fail instead. */
export const describeWithChromium = executable === undefined && process.env.CI !== 'true' ? describe.skip : describe;

export function openBrowser(): Promise<Browser> {
  if (executable === undefined) throw new Error(`there is no ${NAMES.join(', ')} on the PATH`);
  return chromium.launch({ executablePath: executable, args: QUIET });
}
