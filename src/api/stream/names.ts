const NAME = /^[A-Za-z0-9._~-]{1,64}$/;

/** Whether it can be the id of an account or the name of an instrument. */
export const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);
