const DEEPEST = 64;

/** The server could not keep this state, or would keep another one without a word. */
export class StateFault extends Error {
  override readonly name = 'StateFault';
}

// Objects come from another realm, so they are told apart by their tag, not by instanceof.
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function check(value: unknown, path: string, depth: number): void {
  if (depth >= DEEPEST) throw new StateFault(`${path}: deeper than ${DEEPEST} levels`);
  switch (typeof value) {
    case 'bigint':
      throw new StateFault(`${path}: a BigInt, which comes back as a string once the state is reloaded`);
    case 'number':
      if (!Number.isFinite(value)) throw new StateFault(`${path}: ${value} faults the projection`);
      if (!Number.isSafeInteger(value)) throw new StateFault(`${path}: ${value} is not exact as a JSON number`);
      return;
    case 'function':
    case 'symbol':
      throw new StateFault(`${path}: a ${typeof value} faults the projection`);
    case 'undefined':
      throw new StateFault(`${path}: undefined is dropped when the state is written`);
    case 'object':
      if (value !== null) checkObject(value, path, depth);
      return;
  }
}

function checkObject(value: object, path: string, depth: number): void {
  const tag = tagOf(value);
  if (tag !== 'Object' && tag !== 'Array') throw new StateFault(`${path}: a ${tag} is written as {}`);
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (tag === 'Array' && key === 'length') continue;
    if (property.get) throw new StateFault(`${path}.${key}: a getter faults the projection`);
    check(property.value, `${path}.${key}`, depth + 1);
  }
}

/** The state as the server writes it; throws a StateFault for whatever would not come back as it was. */
export function writtenState(state: unknown): string {
  check(state, 'state', 0);
  return JSON.stringify(state);
}
