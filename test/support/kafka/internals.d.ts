/** The parts of kafkajs 2.2.4 that tests hold our own encoding against. */
declare module 'kafkajs/src/protocol/decoder' {
  export default class Decoder {
    constructor(bytes: Buffer);
  }
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder' {
  import type Decoder from 'kafkajs/src/protocol/decoder';

  export interface DecodedRecord {
    readonly offset: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: { readonly [name: string]: Buffer };
  }
  export default function decodeRecordBatch(
    decoder: Decoder,
  ): Promise<{ readonly records: readonly DecodedRecord[]; readonly [field: string]: unknown }>;
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/crc32C' {
  export default function crc32C(bytes: Uint8Array): number;
}

declare module 'kafkajs/src/producer/partitioners/default/murmur2' {
  export default function murmur2(key: Buffer): number;
}
