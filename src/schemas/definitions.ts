import { httpError } from './answers';
import { commandSchemas } from './commands';
import { eventSchemas } from './events';
import { messageSchemas } from './messages';
import { resultSchemas } from './results';
import { rowSchemas } from './rows';
import { scalars } from './scalars';
import type { Definitions } from './schema';
import { streamSchemas } from './stream';
import { viewSchemas } from './views';

/** Every schema under its name. */
export const definitions: Definitions = {
  ...scalars,
  ...commandSchemas,
  ...resultSchemas,
  ...eventSchemas,
  ...viewSchemas,
  ...rowSchemas,
  ...streamSchemas,
  ...messageSchemas,
  HttpError: httpError,
};
