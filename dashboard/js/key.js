// The API key, where the node asks for one: kept for this tab until it is closed, and sent with every request.
import { byId, text } from './dom.js';

const NAME = 'bulkhead-key';

function stored() {
  try {
    return sessionStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

let key = stored();

function keep(value) {
  key = value;
  try {
    if (value === '') sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, value);
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
  byId('forget-key').hidden = value === '';
}

/** The header that the node expects; none without a key. */
export const authorization = () => (key === '' ? {} : { authorization: `Bearer ${key}` });

/** The same for a WebSocket, which can be given no header. */
export const streamProtocols = () => (key === '' ? ['bulkhead'] : ['bulkhead', `key.${key}`]);

/** Whether an answer says that the node wants a key, or another one. */
export const wantsKey = ({ status, code }) => status === 401 || (status === 403 && code === 'SCOPE_MISSING');

/** Shows the field, and why. What somebody types into it is left alone. */
export function askForKey(why) {
  text(byId('key-note'), key === '' ? '' : why);
  byId('key-form').hidden = false;
}

export function startKey(onKey) {
  byId('forget-key').hidden = key === '';
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const field = byId('api-key');
    if (field.value.trim() === '') return;
    keep(field.value.trim());
    field.value = '';
    byId('key-form').hidden = true;
    // What had the focus is gone: the next thing to be read is what it opened.
    byId('positions').focus();
    onKey();
  });
  byId('forget-key').addEventListener('click', () => {
    keep('');
    onKey();
    byId('theme').focus();
  });
}
