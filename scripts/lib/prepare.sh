# Sourced by the entry scripts: moves to the root of the checkout, checks Node and installs what package-lock.json names.
# node_modules is left alone when it already holds exactly that, so a second run costs nothing.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo 'Node 20 or newer with npm is needed (https://nodejs.org).' >&2
  exit 2
fi
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then
  echo "Node 20 or newer is needed; this is $(node --version)." >&2
  exit 2
fi

installed_matches_lock() {
  node - <<'JS'
const { readFileSync } = require('node:fs');
const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
try {
  const wanted = packages('package-lock.json');
  const present = packages('node_modules/.package-lock.json');
  const same = Object.entries(wanted).every(
    ([name, entry]) => name === '' || (present[name] ? present[name].version === entry.version : entry.optional === true),
  );
  process.exit(same ? 0 : 1);
} catch {
  process.exit(1);
}
JS
}

install_dependencies() {
  if installed_matches_lock; then
    echo 'dependencies: up to date' >&2
  else
    npm ci --no-audit --no-fund >&2
  fi
}
