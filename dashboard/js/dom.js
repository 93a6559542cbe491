const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

/** An element with attributes and children; `onclick` and its like are listeners. */
export const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

/** Writes only what differs, so that nothing that is selected, focused or announced is disturbed. */
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

/** The rows of each list by key. */
const kept = new WeakMap();

/**
 * Makes the children of `parent` those of `items`, by key: rows that stay keep their node, focus and place on the screen.
 * `make(item)` gives `{ node, update(item) }`.
 */
export function keyed(parent, items, keyOf, make) {
  const rows = kept.get(parent) ?? new Map();
  kept.set(parent, rows);
  const wanted = new Set();
  let before = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    wanted.add(key);
    let row = rows.get(key);
    if (row === undefined) {
      row = make(item);
      rows.set(key, row);
    }
    row.update(item);
    if (row.node === before) before = before.nextElementSibling;
    else parent.insertBefore(row.node, before);
  }
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    row.node.remove();
    rows.delete(key);
  }
}

/** A row of plain cells: each is a class name and a function of the item that gives its text. */
export function plainRow(columns) {
  return () => {
    const cells = columns.map(([className]) => el('td', { class: className }));
    return {
      node: el('tr', {}, ...cells),
      update(item) {
        columns.forEach(([, show], place) => {
          const shown = show(item);
          const [value, className] = Array.isArray(shown) ? shown : [shown, undefined];
          text(cells[place], value);
          if (className !== undefined) cells[place].className = className;
        });
      },
    };
  };
}
