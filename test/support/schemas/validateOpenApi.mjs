// The validator is an ES module, which jest on Node 20 cannot load: it runs on its own, and says what is wrong.
import { Validator } from '@seriousme/openapi-schema-validator';

const validator = new Validator({ strict: true });
const { valid, errors } = await validator.validate(process.argv[2]);
process.stdout.write(JSON.stringify({ valid, errors, version: validator.version }));
