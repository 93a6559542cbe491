import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

export const root = resolve(__dirname, '../..');

/** One `import`, `export … from`, `require()` or `import()` of a module. */
export type Import = { from: string; specifier: string; line: number; typeOnly: boolean; resolved: string | null };

export function filesUnder(folder: string, extension = '.ts'): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension) && statSync(join(start, path)).isFile())
    .map((path) => join(folder, path).split(sep).join('/'))
    .sort();
}

export function parse(path: string, text = readFileSync(join(root, path), 'utf8')): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

function onlyTypes(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return !clause.name && named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
}

function calledSpecifier(node: ts.Node): ts.Expression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const loads =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node.expression) && node.expression.text === 'require');
  return loads ? node.arguments[0] : undefined;
}

function resolveImport(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = resolve(root, dirname(from), specifier);
  const found = [target, `${target}.ts`, `${target}/index.ts`].find((path) => existsSync(path) && statSync(path).isFile());
  return relative(root, found ?? target)
    .split(sep)
    .join('/');
}

export function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: string, typeOnly: boolean) =>
    found.push({
      from: source.fileName,
      specifier,
      line: lineOf(source, node),
      typeOnly,
      resolved: resolveImport(source.fileName, specifier),
    });
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      add(node, (node.moduleSpecifier as ts.StringLiteral).text, onlyTypes(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, (node.argument.literal as ts.StringLiteral).text, true);
    }
    const called = calledSpecifier(node);
    if (called) add(node, ts.isStringLiteralLike(called) ? called.text : '<computed>', false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Groups of files that reach each other (Tarjan); a file that imports itself counts too. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) as number);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file) as number, low.get(next) as number));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || (graph.get(file) ?? []).includes(file)) found.push(group.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
