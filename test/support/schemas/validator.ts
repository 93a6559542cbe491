import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { definitions } from '../../../src/schemas/definitions';
import { bundle } from '../../../src/schemas/schema';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false, allErrors: false });
const compiled = new Map<string, ValidateFunction>();

export function validatorOf(name: string): ValidateFunction {
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile(bundle(definitions, name));
    compiled.set(name, validate);
  }
  return validate;
}

/** What a schema has against a value, as sentences; the value goes through JSON first, as it would outside. */
export function faultsOf(name: string, value: unknown): string[] {
  const validate = validatorOf(name);
  if (validate(JSON.parse(JSON.stringify(value)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`);
}
