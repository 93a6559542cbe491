/** The protocol error types in an error of the client and in what it wraps. */
export function errorTypesOf(error: unknown): string[] {
  const types: string[] = [];
  for (let found = error; found instanceof Error; ) {
    const { type, cause, originalError } = found as Error & { type?: string; originalError?: unknown };
    if (type !== undefined) types.push(type);
    found = cause ?? originalError;
  }
  return types;
}

const NEWER_PRODUCER = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING']);

/** The broker's word that this producer's time is over: another began, or its transaction took too long. */
export function isEpochOver(error: unknown): boolean {
  return errorTypesOf(error).some((type) => NEWER_PRODUCER.has(type));
}
