import { generateCommandDecoders } from './commandDecoders';
import { generateEvents } from './events';

/** Every file under src/contract/generated with its text. */
export function generatedFiles(): Record<string, string> {
  return { 'events.ts': generateEvents(), 'commandDecoders.ts': generateCommandDecoders() };
}
