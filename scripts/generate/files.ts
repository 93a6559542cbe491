import { generateBodyCodec } from './bodyCodec';
import { generateCommandDecoders } from './commandDecoders';
import { generateEventCodec } from './eventCodec';
import { generateEventJson } from './eventJson';
import { generateEventOfJson } from './eventOfJson';
import { generateEvents } from './events';

/** Every file under src/contract/generated with its text. */
export function generatedFiles(): Record<string, string> {
  return {
    'events.ts': generateEvents(),
    'eventCodec.ts': generateEventCodec(),
    'eventJson.ts': generateEventJson(),
    'eventOfJson.ts': generateEventOfJson(),
    'commandDecoders.ts': generateCommandDecoders(),
    'bodyCodec.ts': generateBodyCodec(),
  };
}
