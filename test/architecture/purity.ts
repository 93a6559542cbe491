import ts from 'typescript';
import { importsOf, lineOf } from './modules';

/** Names through which a clock, chance, the outside world or unbounded code generation would come in. */
const forbiddenGlobals = new Set([
  'Date',
  'process',
  'performance',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'global',
  'window',
  'Buffer',
  'Promise',
  'WeakRef',
  'FinalizationRegistry',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'parseFloat',
  'eval',
  'Function',
  'require',
  'Intl',
]);

/** Members of allowed globals that depend on chance, place or binary fractions. */
const forbiddenMembers = new Set(['Math.random', 'Number.parseFloat', 'Atomics.wait']);
const localeMembers = new Set(['toLocaleString', 'toLocaleUpperCase', 'toLocaleLowerCase', 'localeCompare']);

function isOwnName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  const named =
    ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent);
  const called = ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent);
  return (named || called) && parent.name === node;
}

function offence(node: ts.Node): string | null {
  if (ts.isIdentifier(node) && forbiddenGlobals.has(node.text) && !isOwnName(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) {
    const member = `${node.expression.getText()}.${node.name.text}`;
    if (forbiddenMembers.has(member)) return member;
    if (localeMembers.has(node.name.text)) return node.name.text;
  }
  if (ts.isAwaitExpression(node)) return 'await';
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  return null;
}

/** What `source` does that a pure module must not, as "line: what"; `packages` are the only bare imports it may have. */
export function impurities(source: ts.SourceFile, packages: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = offence(node);
    if (what) found.push(`${lineOf(source, node)}: ${what}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { specifier, line } of importsOf(source)) {
    if (!specifier.startsWith('.') && !packages.includes(specifier)) found.push(`${line}: import of ${specifier}`);
  }
  return found;
}
