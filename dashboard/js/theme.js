import { byId, text } from './dom.js';

const ORDER = ['auto', 'light', 'dark'];
const KEY = 'bulkhead-theme';

function stored() {
  try {
    return localStorage.getItem(KEY) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function apply(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  text(byId('theme'), `Theme: ${theme}`);
}

export function startTheme() {
  let theme = ORDER.includes(stored()) ? stored() : 'auto';
  apply(theme);
  byId('theme').addEventListener('click', () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    apply(theme);
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A browser that keeps nothing still shows it.
    }
  });
}
