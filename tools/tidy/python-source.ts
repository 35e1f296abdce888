import type { FoundExport, FoundFunction } from './parse-script.ts';

/** Functions and methods of a Python file, by indentation. */
export function pythonFunctions(text: string): readonly FoundFunction[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const match = /^(\s*)(?:async\s+)?def\s+(\w+)/.exec(line);
    if (match === null) return [];
    const end = endOfBlock(lines, index, match[1]?.length ?? 0);
    return [{ name: match[2] ?? '', line: index + 1, lines: end - index }];
  });
}

/** Functions and classes at the top of a Python file whose names do not begin with an underscore. */
export function pythonExports(text: string): readonly FoundExport[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const match = /^(?:async\s+def|def|class)\s+([A-Za-z]\w*)/.exec(line);
    if (match === null) return [];
    const first =
      lines.slice(endOfSignature(lines, index)).find((each) => each.trim() !== '') ?? '';
    const documented = /^\s*[rR]?(?:"""|'''|")/.test(first);
    return [{ name: match[1] ?? '', line: index + 1, documented }];
  });
}

/** The index after the block's last line that holds something. */
function endOfBlock(lines: readonly string[], start: number, indent: number): number {
  let end = start + 1;
  for (let index = endOfSignature(lines, start); index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    if (line.length - line.trimStart().length <= indent) break;
    end = index + 1;
  }
  return end;
}

/** The index after the line whose colon ends the signature. */
function endOfSignature(lines: readonly string[], start: number): number {
  for (let index = start; index < lines.length; index += 1) {
    if (/:\s*(?:\.\.\.)?\s*(?:#.*)?$/.test(lines[index] ?? '')) return index + 1;
  }
  return lines.length;
}
