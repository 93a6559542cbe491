import ts from 'typescript';
import { cycles, lineOf } from '../../architecture/modules';

/** Names that the interpreter of EventStoreDB 23.10 does not have, or that would look at a clock, chance or the outside. */
const absentNames = new Set([
  ...['structuredClone', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'console', 'Intl', 'TextEncoder', 'TextDecoder'],
  ...['atob', 'btoa', 'crypto', 'require', 'module', 'process', 'Buffer', 'fetch', 'URL', 'WebAssembly', 'eval', 'Function'],
  ...['Promise', 'Date', 'performance'],
]);

const compound = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.PlusEqualsToken,
  ts.SyntaxKind.MinusEqualsToken,
  ts.SyntaxKind.AsteriskEqualsToken,
  ts.SyntaxKind.AsteriskAsteriskEqualsToken,
  ts.SyntaxKind.SlashEqualsToken,
  ts.SyntaxKind.PercentEqualsToken,
  ts.SyntaxKind.LessThanLessThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanEqualsToken,
  ts.SyntaxKind.AmpersandEqualsToken,
  ts.SyntaxKind.BarEqualsToken,
  ts.SyntaxKind.CaretEqualsToken,
]);

function isOwnName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node;
}

function fault(node: ts.Node): string | null {
  if (ts.isYieldExpression(node)) return 'yield: generators are not supported';
  if (ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken) return 'a generator: not supported';
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async: the state would silently become {}';
  if (ts.isAwaitExpression(node)) return 'await: handlers are not awaited';
  if (ts.isForOfStatement(node) && node.awaitModifier) return 'for await: handlers are not awaited';
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isExportAssignment(node)) return 'a module: not supported';
  if (node.kind === ts.SyntaxKind.ImportKeyword) return 'import(): not supported';
  if (ts.isBinaryExpression(node) && compound.has(node.operatorToken.kind)) {
    return `${node.operatorToken.getText()}: compound assignment throws on BigInt`;
  }
  if (ts.isGetAccessorDeclaration(node)) return 'a getter: faults when it is in the state';
  if (ts.isIdentifier(node) && absentNames.has(node.text) && !isOwnName(node)) return `${node.text}: not there`;
  return null;
}

/** Functions that call each other in a ring: deep recursion ends the whole server. */
function rings(source: ts.SourceFile): string[] {
  const calls = new Map<string, string[]>();
  const visit = (node: ts.Node, within: string | undefined): void => {
    let inside = within;
    if (ts.isFunctionDeclaration(node) && node.name) inside = node.name.text;
    const assigned = ts.isVariableDeclaration(node) && node.initializer && ts.isFunctionLike(node.initializer);
    if (assigned && ts.isIdentifier(node.name)) inside = node.name.text;
    if (inside !== undefined && !calls.has(inside)) calls.set(inside, []);
    if (inside !== undefined && ts.isCallExpression(node) && ts.isIdentifier(node.expression))
      calls.get(inside)?.push(node.expression.text);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, undefined);
  return cycles(calls).map((ring) => `${ring.join(', ')}: recursion can end the server`);
}

/** What EventStoreDB's interpreter refuses, runs wrongly, or should not be asked to run in this query. Empty for a sound one. */
export function refusedIn(query: string): string[] {
  const source = ts.createSourceFile('query.js', query, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = fault(node);
    if (what !== null) found.push(`${lineOf(source, node)}: ${what}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found, ...rings(source)];
}

/**
 * The query with a call of `countStep` at the beginning of each function and each turn of a loop: a measure of work
 * that no busy machine changes.
 */
export function withStepsCounted(query: string): string {
  const source = ts.createSourceFile('query.js', query, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const { factory } = ts;
  const step = () => factory.createExpressionStatement(factory.createCallExpression(factory.createIdentifier('countStep'), [], []));
  const counted = (body: ts.Statement) =>
    factory.createBlock([step(), ...(ts.isBlock(body) ? body.statements : factory.createNodeArray([body]))], true);
  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => {
    const visit = (node: ts.Node): ts.Node => {
      const seen = ts.visitEachChild(node, visit, context);
      if (ts.isFunctionDeclaration(seen) && seen.body) {
        const { modifiers, asteriskToken, name, typeParameters, parameters, type } = seen;
        return factory.updateFunctionDeclaration(
          seen,
          modifiers,
          asteriskToken,
          name,
          typeParameters,
          parameters,
          type,
          counted(seen.body) as ts.Block,
        );
      }
      if (ts.isArrowFunction(seen)) {
        const body = ts.isBlock(seen.body) ? seen.body : factory.createBlock([factory.createReturnStatement(seen.body)]);
        const { modifiers, typeParameters, parameters, type, equalsGreaterThanToken } = seen;
        return factory.updateArrowFunction(seen, modifiers, typeParameters, parameters, type, equalsGreaterThanToken, counted(body));
      }
      if (ts.isForOfStatement(seen)) {
        return factory.updateForOfStatement(seen, seen.awaitModifier, seen.initializer, seen.expression, counted(seen.statement));
      }
      if (ts.isForStatement(seen)) {
        return factory.updateForStatement(seen, seen.initializer, seen.condition, seen.incrementor, counted(seen.statement));
      }
      if (ts.isWhileStatement(seen)) return factory.updateWhileStatement(seen, seen.expression, counted(seen.statement));
      return seen;
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
  const { transformed } = ts.transform(source, [transformer]);
  return ts.createPrinter().printFile(transformed[0] as ts.SourceFile);
}
