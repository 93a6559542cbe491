import { candleIntervals, MOST_ROWS, positionOrders } from '../contract/views';
import { type Moment, parseMoment } from '../history';
import { UnknownQuestion } from '../views';

const NAME = /^[A-Za-z0-9._~-]{1,64}$/;
const COUNT = /^[0-9]{1,15}$/;
const CURSOR = /^[0-9]{1,16}(-[0-9]{1,16})?$/;

/** Parameters as the router gives them. */
export type Given = { readonly [field: string]: unknown };

export type ParameterValue = string | number | Moment;

interface Kind {
  /** What it must be, after "must be". */
  readonly form: string;
  readonly read: (text: string) => ParameterValue | undefined;
}

const oneOf = (words: readonly string[]): Kind => ({
  form: words.length === 1 ? (words[0] as string) : `one of ${words.join(', ')}`,
  read: (text) => words.find((word) => word === text),
});

const wholeFrom = (least: number, most: number, form: string): Kind => ({
  form,
  read: (text) => (COUNT.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
});

/** Kinds of parameters: what each must look like, and what it is then. */
const kinds: { readonly [kind: string]: Kind } = {
  name: { form: 'a name of at most 64 letters, digits and . _ ~ -', read: (text) => (NAME.test(text) ? text : undefined) },
  seq: wholeFrom(0, Number.MAX_SAFE_INTEGER, 'a whole number'),
  levels: wholeFrom(1, Number.MAX_SAFE_INTEGER, 'a whole number from 1 on'),
  rows: wholeFrom(1, MOST_ROWS, `a whole number from 1 to ${MOST_ROWS}`),
  moment: { form: 'a seq, ms since the epoch, or a time such as 2025-10-10T21:15', read: parseMoment },
  cursor: { form: 'the `next` of a page', read: (text) => (CURSOR.test(text) ? text : undefined) },
  candleInterval: oneOf(Object.keys(candleIntervals)),
  positionOrder: oneOf(positionOrders),
};

/** Parameters that a path takes, each with its kind, and `?` where it may be left out. */
export type Known = { readonly [field: string]: string };

/** Reads parameters of a URL. Throws UnknownQuestion for what is not known, or not of its kind, and for what is missing. */
export function readParameters(known: Known, given: Given): { readonly [field: string]: ParameterValue } {
  const values: { [field: string]: ParameterValue } = {};
  for (const [field, text] of Object.entries(given)) {
    const kind = known[field];
    if (kind === undefined) throw new UnknownQuestion(field, `there is no such parameter; known are ${Object.keys(known).join(', ')}`);
    const { form, read } = kinds[kind.replace('?', '')] as Kind;
    if (typeof text !== 'string') throw new UnknownQuestion(field, 'given twice');
    const value = read(text);
    if (value === undefined) throw new UnknownQuestion(field, `must be ${form}, not ${JSON.stringify(text.slice(0, 40))}`);
    values[field] = value;
  }
  for (const [field, kind] of Object.entries(known)) {
    if (!kind.endsWith('?') && values[field] === undefined) throw new UnknownQuestion(field, 'missing');
  }
  return values;
}
