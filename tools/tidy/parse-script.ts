import { parseSync } from 'vite';
import type { TreeFile } from './tree.ts';

/** A function in a script, where it begins and how long it is. */
export interface FoundFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** An exported declaration that stands in the file itself. */
export interface FoundExport {
  readonly name: string;
  readonly line: number;
  readonly documented: boolean;
}

/** What the rules need to know of a script. */
export interface Script {
  /** Module names as written, of imports, re-exports and dynamic imports. */
  readonly imports: readonly string[];
  /** Files that are named by `new URL('./x', …)`: run or read, not imported. */
  readonly references: readonly string[];
  readonly functions: readonly FoundFunction[];
  readonly exports: readonly FoundExport[];
  /** Whether the file only passes on what other files export. */
  readonly isBarrel: boolean;
  readonly hasDefaultExport: boolean;
  /** The text with comments blanked out, line by line. */
  readonly code: string;
  /** `//` comments of more than three lines on end: the lines they begin at. */
  readonly longComments: readonly number[];
}

/** Parses a script once; later calls answer from memory. */
export function parseScript(file: TreeFile): Script {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const script = read(file);
  parsed.set(file, script);
  return script;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Comment {
  readonly type: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const parsed = new WeakMap<TreeFile, Script>();

function read({ path, text }: TreeFile): Script {
  const result = parseSync(path, text, {});
  if (result.errors.length > 0)
    throw new Error(`Cannot parse ${path}: ${result.errors[0]?.message}`);
  const body = result.program.body as unknown as readonly Node[];
  const comments: readonly Comment[] = result.comments;
  const code = withoutComments(text, comments);
  const lineAt = lineFinder(text);
  return {
    imports: importsOf(body, code),
    references: [...code.matchAll(/new URL\(\s*['"]([^'"]+)['"]/g)].flatMap(
      (match) => match[1] ?? [],
    ),
    functions: functionsOf(body, lineAt),
    exports: exportsOf(body, text, comments, lineAt),
    isBarrel: body.length > 0 && body.every(isPassedOn),
    hasDefaultExport: body.some((node) => node.type === 'ExportDefaultDeclaration'),
    code,
    longComments: longCommentsOf(comments, lineAt),
  };
}

function withoutComments(text: string, comments: readonly Comment[]): string {
  let code = text;
  for (const { start, end } of comments) {
    const blank = text.slice(start, end).replace(/[^\n]/g, ' ');
    code = code.slice(0, start) + blank + code.slice(end);
  }
  return code;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) {
    starts.push(index + 1);
  }
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return after === -1 ? starts.length : after;
  };
}

function importsOf(body: readonly Node[], code: string): readonly string[] {
  const sources = body.map((node) => (node['source'] as { value?: string } | null)?.value);
  const others = code.matchAll(/\bimport(?:\.meta\.resolve)?\(\s*['"]([^'"]+)['"]/g);
  return [...sources, ...[...others].map((match) => match[1])].filter((name) => name !== undefined);
}

function functionsOf(body: readonly Node[], lineAt: (offset: number) => number) {
  const found: FoundFunction[] = [];
  visit(body, (node, name) => {
    if (!functionTypes.has(node.type)) return;
    const line = lineAt(node.start);
    found.push({ name, line, lines: lineAt(node.end - 1) - line + 1 });
  });
  return found;
}

const functionTypes = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

/** Visits every node, with the nearest name that a declaration, a property or a variable gives it. */
function visit(value: unknown, see: (node: Node, name: string) => void, name = 'anonymous'): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, see, name);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  const own = nameOf(node) ?? name;
  if (typeof node.type === 'string') see(node, own);
  for (const [key, child] of Object.entries(node)) {
    if (key !== 'parent') visit(child, see, own);
  }
}

function nameOf(node: Node): string | undefined {
  const holder = (node['id'] ?? node['key']) as { name?: string } | null | undefined;
  return holder?.name;
}

function isPassedOn(node: Node): boolean {
  const isExport = node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
  return isExport && node['source'] !== null && node['source'] !== undefined;
}

function exportsOf(
  body: readonly Node[],
  text: string,
  comments: readonly Comment[],
  lineAt: (offset: number) => number,
): readonly FoundExport[] {
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  return body.flatMap((node) => {
    const declaration = node['declaration'] as Node | null | undefined;
    if (node.type !== 'ExportNamedDeclaration' || !declaration) return [];
    const documented = docs.some(
      ({ end }) => end <= node.start && text.slice(end, node.start).trim() === '',
    );
    return [{ name: declaredName(declaration), line: lineAt(node.start), documented }];
  });
}

function declaredName(declaration: Node): string {
  const variables = declaration['declarations'] as readonly Node[] | undefined;
  return nameOf(variables?.[0] ?? declaration) ?? 'anonymous';
}

function longCommentsOf(comments: readonly Comment[], lineAt: (offset: number) => number) {
  const lines = comments.filter(({ type }) => type === 'Line').map(({ start }) => lineAt(start));
  return lines.filter(
    (line) => !lines.includes(line - 1) && [1, 2, 3].every((more) => lines.includes(line + more)),
  );
}
