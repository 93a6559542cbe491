/**
 * Why a request has no answer, by code, with the status that goes with it. The body is `{ error, code }`: a sentence for
 * people and the code for programs, with `field`, `seq` and `time`, or `leader` where the meaning says so. Codes are never
 * renamed; the wording of the sentence may change. Where a status is worth asking again, `Retry-After` says after how long.
 */
export const httpErrors = {
  INVALID_PARAMETER: { status: 400, meaning: 'a parameter is unknown, missing, given twice or not of its form; `field` names it' },
  INVALID_BODY: { status: 400, meaning: 'the body is not JSON, or an array of none or too many commands' },
  MALFORMED_COMMAND: { status: 400, meaning: 'the body is no command: its `commandId` or `type` cannot be read' },
  INVALID_REQUEST: { status: 400, meaning: 'the request cannot be read at all' },
  KEY_REQUIRED: { status: 401, meaning: 'the node has API keys, and none came with the request' },
  KEY_UNKNOWN: { status: 401, meaning: 'there is no such API key' },
  KEY_EXPIRED: { status: 401, meaning: 'the API key has expired' },
  KEY_REVOKED: { status: 401, meaning: 'the API key was revoked' },
  SCOPE_MISSING: { status: 403, meaning: 'the API key may not ask for that' },
  NOT_LOCAL: { status: 403, meaning: 'without API keys only this machine is answered, on the loopback and under its name' },
  CROSS_ORIGIN: { status: 403, meaning: 'a page of another site asked for the stream' },
  NOT_FOUND: { status: 404, meaning: 'nothing of that name is there, as of `seq`' },
  BEYOND_JOURNAL: { status: 404, meaning: '`at` is a command that the journal does not have yet' },
  UNKNOWN_ROUTE: { status: 404, meaning: 'the node has no such path, or not with that method' },
  BODY_TOO_LARGE: { status: 413, meaning: 'the body has more than a mebibyte' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'the body is not said to be JSON: `content-type: application/json`' },
  UPGRADE_REQUIRED: { status: 426, meaning: 'the stream is a WebSocket' },
  RATE_LIMITED: { status: 429, meaning: 'the rate of the API key is used up' },
  BUSY: { status: 429, meaning: 'too much waits for the journal' },
  INTERNAL_ERROR: { status: 500, meaning: 'the node has failed; its log says why' },
  NOT_LEADING: {
    status: 503,
    meaning: 'the node takes no commands: it starts, stops or stands by; `leader` is where they are taken, as far as it has heard',
  },
  NOT_READY: { status: 503, meaning: 'the node does not lead, or has no views yet' },
  VIEWS_BEHIND: { status: 503, meaning: 'the views have not come to the `minSeq` that was asked for' },
  TOO_MANY_STREAMS: { status: 503, meaning: 'the node carries no more streams' },
} as const satisfies { readonly [code: string]: { readonly status: number; readonly meaning: string } };
export type HttpErrorCode = keyof typeof httpErrors;
