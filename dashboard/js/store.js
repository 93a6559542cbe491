// What the page looks at: kept in the address, so that a reload or a link shows the same.

const params = new URLSearchParams(location.hash.slice(1));
const listeners = new Set();

/** `at`: seq in the past, null for now. `block`: isolationId of the block that is shown. */
export const looking = {
  at: /^\d{1,15}$/.test(params.get('at') ?? '') ? Number(params.get('at')) : null,
  account: params.get('account') ?? '',
  instrument: params.get('instrument') ?? '',
  block: params.get('block') ?? '',
};

export function look(change) {
  Object.assign(looking, change);
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries(looking)) if (value !== '' && value !== null) next.set(name, String(value));
  history.replaceState(null, '', `#${next}`);
  document.body.toggleAttribute('data-past', looking.at !== null);
  for (const listener of listeners) listener();
}

export function onLook(listener) {
  listeners.add(listener);
}
