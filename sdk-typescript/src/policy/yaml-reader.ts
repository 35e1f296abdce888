/** A value of a YAML text, and where it stands: the offset of its first character. */
export type YamlNode = { readonly at: number } & (
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlEntry> }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
);

/** One key of a map with its value. A value that is left out stands where its key stands. */
export interface YamlEntry {
  readonly keyAt: number;
  readonly node: YamlNode;
}

/** What is wrong in a text, and at which offset. */
export class YamlFault extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Maps and lists within each other. */
const levelLimit = 32;

/**
 * Reads the YAML of a policy file: block and flow maps and lists, plain and quoted text of one line, comments, and
 * the words and numbers of the core schema. Lines end with `\n`. Throws a {@link YamlFault} for everything else.
 */
export function readYaml(text: string): YamlNode {
  return new YamlReader(text).read();
}

const gap = /[ \t]*/y;
const lineEnd = /[ \t]*(?:(?<=^|[ \t\n])#[^\n]*)?(?=\n|$)/y;
const flowGap = /(?:[ \t\n]|(?<=[ \t\n])#[^\n]*)*/y;
const dash = /-(?=[ \t\n]|$)/y;
const marker = /(?:---|\.\.\.)(?=[ \t\n]|$)/y;
const colon = /[ \t]*:(?=[ \t\n]|$)/y;
const flowColon = /[ \t\n]*:(?=[ \t\n,[\]{}]|$)/y;
const anyColon = /[ \t\n]*:/y;
const plainStart = /[-?:](?=[^ \t\n])|[^-?:,[\]{}#&*!|>'"%@` \t\n]/y;
const plain = /(?:[^ \t\n:#]|:(?=[^ \t\n])|(?<=[^ \t\n])#|[ \t]+(?=[^ \t\n#]))+/y;
const flowPlain =
  /(?:[^ \t\n:#,[\]{}]|:(?=[^ \t\n,[\]{}])|(?<=[^ \t\n])#|[ \t]+(?=[^ \t\n#,[\]{}]))+/y;
const single = /'((?:[^'\n]|'')*)'/y;
const double = /"((?:[^"\\\n]|\\[^\n])*)"/y;
const word = /[^ \t\n,[\]{}]{1,40}/y;
const integer = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gsu;

/** What a backslash makes of the character behind it. */
const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
};

/** Forms of YAML that are not read here. */
const refusedForms: Readonly<Record<string, string>> = {
  '&': 'an anchor',
  '*': 'an alias',
  '!': 'a tag',
  '|': 'a block scalar',
  '>': 'a block scalar',
};

const constants: Readonly<Record<string, boolean | null>> = {
  '~': null,
  null: null,
  Null: null,
  NULL: null,
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

class YamlReader {
  readonly #text: string;
  #pos = 0;
  #level = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): YamlNode {
    this.#skipLines(true);
    if (this.#text.startsWith('---', this.#pos) && this.#sees(marker)) {
      this.#pos += '---'.length;
      this.#endLine();
      this.#skipLines();
    }
    if (this.#isOver) return { at: 0, kind: 'scalar', value: null };
    const node = this.#block(this.#column);
    this.#skipLines();
    if (!this.#isOver) throw this.#badIndentation();
    return node;
  }

  get #isOver(): boolean {
    return this.#pos >= this.#text.length;
  }

  /** Characters before the next one in its line. */
  get #column(): number {
    return this.#pos - (this.#text.lastIndexOf('\n', this.#pos - 1) + 1);
  }

  /** A value that begins here and may go on in lines of the same indentation. */
  #block(indent: number): YamlNode {
    if (this.#sees(dash)) return this.#nested(() => this.#blockList(indent));
    if (this.#seesKey()) return this.#nested(() => this.#blockMap(indent));
    const node = this.#value(plain);
    this.#endLine();
    return node;
  }

  #blockMap(indent: number): YamlNode {
    const at = this.#pos;
    const entries = new Map<string, YamlEntry>();
    do {
      const keyAt = this.#pos;
      const key = this.#key(plain, colon, entries);
      entries.set(key, { keyAt, node: this.#behind(keyAt, indent) });
    } while (this.#goesOn(indent));
    return { at, kind: 'map', entries };
  }

  #blockList(indent: number): YamlNode {
    const at = this.#pos;
    const items: YamlNode[] = [];
    do {
      const dashAt = this.#pos;
      this.#pos += 1;
      this.#take(gap);
      if (!this.#sees(lineEnd)) items.push(this.#block(this.#column));
      else items.push(this.#below(dashAt, indent));
    } while (this.#goesOn(indent) && this.#sees(dash));
    return { at, kind: 'list', items };
  }

  /** The value behind a key: in its line, or in those below, where a list may stand as far left as the key. */
  #behind(keyAt: number, indent: number): YamlNode {
    this.#take(gap);
    if (this.#sees(lineEnd)) return this.#below(keyAt, indent, dash);
    const node = this.#value(plain);
    this.#endLine();
    return node;
  }

  /** The value in the lines below: further to the right, or beginning like `atIndent` does. */
  #below(ownerAt: number, indent: number, atIndent: RegExp | null = null): YamlNode {
    this.#endLine();
    this.#skipLines();
    const column = this.#column;
    const isHere =
      column > indent || (column === indent && atIndent !== null && this.#sees(atIndent));
    if (this.#isOver || !isHere) return { at: ownerAt, kind: 'scalar', value: null };
    return this.#block(column);
  }

  /** Whether the next line belongs to the map or list of this indentation. */
  #goesOn(indent: number): boolean {
    this.#skipLines();
    if (this.#isOver || this.#column < indent) return false;
    if (this.#column > indent) throw this.#badIndentation();
    return true;
  }

  /** A value that ends in its line; between brackets also in a later one. */
  #value(form: RegExp): YamlNode {
    const at = this.#pos;
    switch (this.#text[at]) {
      case '[':
        return this.#nested(() => this.#flowList());
      case '{':
        return this.#nested(() => this.#flowMap());
      case '"':
      case "'":
        return { at, kind: 'scalar', value: this.#quoted() };
      default:
        return { at, kind: 'scalar', value: this.#resolve(at, this.#plain(form)) };
    }
  }

  #flowList(): YamlNode {
    const at = this.#pos;
    const items: YamlNode[] = [];
    this.#flow(']', () => items.push(this.#value(flowPlain)));
    return { at, kind: 'list', items };
  }

  #flowMap(): YamlNode {
    const at = this.#pos;
    const entries = new Map<string, YamlEntry>();
    this.#flow('}', () => {
      const keyAt = this.#pos;
      const isQuoted = /["']/.test(this.#text[keyAt] ?? '');
      const key = this.#key(flowPlain, isQuoted ? anyColon : flowColon, entries);
      this.#take(flowGap);
      const isEmpty = /[,}]/.test(this.#text[this.#pos] ?? '');
      const nothing = { at: keyAt, kind: 'scalar', value: null } as const;
      entries.set(key, { keyAt, node: isEmpty ? nothing : this.#value(flowPlain) });
    });
    return { at, kind: 'map', entries };
  }

  /** Reads what stands between brackets, with a comma between any two and perhaps behind the last. */
  #flow(end: string, readOne: () => void): void {
    this.#pos += 1;
    for (;;) {
      this.#take(flowGap);
      if (this.#text[this.#pos] === end) break;
      if (this.#isOver) throw this.#unexpected(`"${end}"`);
      readOne();
      this.#take(flowGap);
      if (this.#text[this.#pos] === end) break;
      if (this.#text[this.#pos] !== ',') throw this.#unexpected(`"," or "${end}"`);
      this.#pos += 1;
    }
    this.#pos += 1;
  }

  #key(form: RegExp, separator: RegExp, known: ReadonlyMap<string, YamlEntry>): string {
    const at = this.#pos;
    const wanted = 'a key and ":"';
    const key = this.#scalarText(form, wanted);
    if (this.#take(separator) === null) {
      this.#pos = at;
      throw this.#unexpected(wanted);
    }
    if (!known.has(key)) return key;
    throw new YamlFault(at, `found the key "${key}" a second time, wanted each key once`);
  }

  #seesKey(): boolean {
    const at = this.#pos;
    const isQuoted = this.#sees(single) || this.#sees(double);
    const form = this.#sees(single) ? single : this.#sees(double) ? double : plain;
    if (!isQuoted && !this.#sees(plainStart)) return false;
    this.#take(form);
    const isKey = this.#sees(colon);
    this.#pos = at;
    return isKey;
  }

  #scalarText(form: RegExp, wanted?: string): string {
    const isQuoted = /["']/.test(this.#text[this.#pos] ?? '');
    return isQuoted ? this.#quoted() : this.#plain(form, wanted);
  }

  #plain(form: RegExp, wanted = 'a value'): string {
    const refusedForm = refusedForms[this.#text[this.#pos] ?? ''];
    if (refusedForm !== undefined) {
      throw new YamlFault(this.#pos, `found ${refusedForm}, wanted ${wanted} written out in place`);
    }
    if (!this.#sees(plainStart)) throw this.#unexpected(wanted);
    return this.#take(form)?.trimEnd() ?? '';
  }

  #quoted(): string {
    const at = this.#pos;
    const isDouble = this.#text[at] === '"';
    const found = this.#take(isDouble ? double : single);
    if (found === null) {
      throw new YamlFault(at, 'found text without end, wanted the closing quote in the same line');
    }
    const inner = found.slice(1, -1);
    return isDouble ? unescape(inner, at + 1) : inner.replaceAll("''", "'");
  }

  #resolve(at: number, text: string): string | number | boolean | null {
    if (Object.hasOwn(constants, text)) return constants[text] ?? null;
    const isNumber = integer.test(text) || float.test(text);
    if (notFinite.test(text) || (isNumber && !Number.isFinite(Number(text)))) {
      throw new YamlFault(at, `found ${text}, wanted a finite number`);
    }
    return isNumber ? Number(text) : text;
  }

  #nested(read: () => YamlNode): YamlNode {
    if (this.#level >= levelLimit) {
      const found = `found maps and lists within each other more than ${levelLimit} levels deep`;
      throw new YamlFault(this.#pos, `${found}, wanted at most ${levelLimit} levels`);
    }
    this.#level += 1;
    const node = read();
    this.#level -= 1;
    return node;
  }

  #endLine(): void {
    if (this.#take(lineEnd) !== null) return;
    this.#take(gap);
    if (this.#sees(colon)) throw new YamlFault(this.#pos, 'found ": ", wanted quotes around text');
    throw this.#unexpected('the end of the line');
  }

  /** Goes to the next line that says something. */
  #skipLines(isStart = false): void {
    for (;;) {
      while (this.#text[this.#pos] === ' ') this.#pos += 1;
      if (this.#isOver) return;
      if (this.#take(lineEnd) === null) break;
      if (this.#isOver) return;
      this.#pos += 1;
    }
    if (this.#text[this.#pos] === '\t') {
      throw new YamlFault(this.#pos, 'found a tab in the indentation, wanted spaces');
    }
    if (!isStart && this.#column === 0 && this.#sees(marker)) {
      throw this.#unexpected('one document');
    }
  }

  #take(form: RegExp): string | null {
    form.lastIndex = this.#pos;
    const found = form.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#pos += found.length;
    return found;
  }

  #sees(form: RegExp): boolean {
    return this.#seesAt(form, this.#pos);
  }

  #seesAt(form: RegExp, at: number): boolean {
    form.lastIndex = at;
    return form.test(this.#text);
  }

  #badIndentation(): YamlFault {
    const message = 'found another indentation than that of the lines before, wanted the same';
    return new YamlFault(this.#pos, message);
  }

  #unexpected(wanted: string): YamlFault {
    return new YamlFault(this.#pos, `found ${this.#shown()}, wanted ${wanted}`);
  }

  #shown(): string {
    if (this.#isOver) return 'the end of the file';
    const next = this.#text[this.#pos] ?? '';
    if (next === '\n') return 'the end of the line';
    const isWord = this.#sees(plainStart) || this.#sees(marker);
    if (isWord) word.lastIndex = this.#pos;
    return `"${(isWord && word.exec(this.#text)?.[0]) || next}"`;
  }
}

function unescape(text: string, at: number): string {
  return text.replace(escape, (found, x, u, long, one, offset: number) => {
    const hex = x ?? u ?? long;
    const code = Number.parseInt(hex ?? '', 16);
    const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    const made = hex === undefined ? escapes[one] : isCharacter ? String.fromCodePoint(code) : null;
    if (typeof made === 'string') return made;
    throw new YamlFault(at + offset, `found the escape ${found}, wanted one of YAML`);
  });
}
