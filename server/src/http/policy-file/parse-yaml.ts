import { Composer, isMap, isScalar, isSeq, LineCounter, Parser, type CST, type Node } from 'yaml';

/** Levels of maps and lists in one file. */
export const yamlDepth = 32;

/** What is wrong with a file, and where; lines and columns count from 1. */
export interface FileProblem {
  /** Names of maps and places of lists down to it, with dots. */
  readonly path: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

type Place = Pick<FileProblem, 'line' | 'column'>;

/** Plain data, and where each part of it stands. */
export interface YamlData {
  readonly value: unknown;
  /** The place of the value at a path, or of its name; of what is nearest above it when nothing stands there. */
  placeOf(path: readonly PropertyKey[], part?: 'value' | 'name'): Place;
}

/** The parse of a file: its data, or the first thing that is not taken. */
export type ParsedYaml =
  | { readonly ok: true; readonly yaml: YamlData }
  | { readonly ok: false; readonly problem: FileProblem };

/**
 * Reads one document of YAML by the core schema. Anchors, aliases, tags and directives are refused: a file says what
 * it says without them, and the SDKs do not read them either.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const problem = (offset: number, message: string): ParsedYaml => {
    const { line, col } = lines.linePos(offset);
    return { ok: false, problem: { path: '', message, line: Math.max(1, line), column: col } };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const refused = firstRefused(tokens);
  if (refused !== null) return problem(refused.offset, refused.message);
  const documents = [...new Composer({ schema: 'core', uniqueKeys: true }).compose(tokens)];
  const [document] = documents;
  const [fault] = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  if (fault !== undefined) return problem(fault.pos[0], fault.message);
  if (document === undefined) return problem(0, 'found nothing, wanted a map with policies');
  const placeOf: YamlData['placeOf'] = (path, part = 'value') => {
    const { value, name } = offsetsOf(document.contents, path);
    const { line, col } = lines.linePos(part === 'name' ? name : value);
    return { line, column: col };
  };
  return { ok: true, yaml: { value: document.toJS(), placeOf } };
}

interface Refused {
  readonly offset: number;
  readonly message: string;
}

interface Level {
  readonly token: CST.Token | CST.SourceToken;
  readonly depth: number;
}

const refusals: Readonly<Record<string, string>> = {
  anchor: 'found an anchor, wanted each value written out',
  alias: 'found an alias, wanted each value written out',
  tag: 'found a tag, wanted plain values',
  directive: 'found a directive, wanted the document alone',
};

/** Walked by hand, so that no depth of nesting can break it; what is put together afterwards is shallow. */
function firstRefused(tokens: readonly CST.Token[]): Refused | null {
  const documents = tokens.filter(({ type }) => type === 'document');
  const [, second] = documents;
  if (second !== undefined) {
    return { offset: second.offset, message: 'found a second document, wanted one' };
  }
  let first: Refused | null = null;
  const note = (offset: number, message: string) => {
    if (first === null || offset < first.offset) first = { offset, message };
  };
  const open: Level[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const { token } = level;
    const message = refusals[token.type];
    if (message !== undefined) note(token.offset, message);
    const depth = level.depth + ('items' in token ? 1 : 0);
    if (depth > yamlDepth) note(token.offset, `found over ${yamlDepth} levels, wanted fewer`);
    else for (const below of partsOf(token)) open.push({ token: below, depth });
  }
  return first;
}

function partsOf(token: CST.Token | CST.SourceToken): (CST.Token | CST.SourceToken)[] {
  const parts: (CST.Token | CST.SourceToken | null | undefined)[] = [];
  if ('start' in token && Array.isArray(token.start)) parts.push(...token.start);
  if ('value' in token && typeof token.value === 'object') parts.push(token.value);
  if ('items' in token) {
    for (const item of token.items) {
      parts.push(...item.start, item.key, ...(item.sep ?? []), item.value);
    }
  }
  return parts.filter((part) => part !== null && part !== undefined);
}

/** Where the value of a path begins and where its name does; the same for one that is empty. */
function offsetsOf(
  contents: unknown,
  path: readonly PropertyKey[],
): { value: number; name: number } {
  let node = contents as Node | null;
  let value = node?.range?.[0] ?? 0;
  let name = value;
  for (const step of path) {
    if (isSeq(node)) {
      node = (node.items[Number(step)] ?? null) as Node | null;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      name = (pair?.key as Node | undefined)?.range?.[0] ?? value;
      value = name;
      node = (pair?.value ?? null) as Node | null;
    } else break;
    const isEmpty = isScalar(node) && node.value === null;
    if (node?.range && !isEmpty) [value] = node.range;
  }
  return { value, name };
}
