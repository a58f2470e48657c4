// Changes JSON as text, so that whatever is not changed keeps its bytes: people lay their files out, and other programs
// compare them. Strict JSON alone: what else a lenient reader takes, the programs these files are for do not.

import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Path } from "./kinds.ts";

export interface Place {
  readonly line: number;
  readonly words: string;
}

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };
const sentences: Record<string, string> = {
  InvalidCommentToken: "a comment, which JSON does not have",
  CommaExpected: "a comma is missing",
  ColonExpected: "a colon is missing",
  ValueExpected: "a value is missing",
  PropertyNameExpected: "a name in quotes is missing",
  CloseBraceExpected: "a closing brace is missing",
  CloseBracketExpected: "a closing bracket is missing",
  EndOfFileExpected: "more after the end",
  UnexpectedEndOfString: "a string is not closed",
};

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The first thing that keeps text from being JSON. */
export function syntaxProblem(text: string): Place | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const errors: ParseError[] = [];
    parseTree(text, errors, strict);
    const [first] = errors;
    if (first === undefined) return { line: 1, words: "not JSON" };
    return {
      line: lineAt(text, first.offset),
      words: `not JSON: ${sentences[printParseErrorCode(first.error)] ?? "something JSON does not have"}`,
    };
  }
}

/** The line of a value's name, or of as much of the way to it as there is. */
export function lineOfPath(text: string, path: Path): number {
  const tree = parseTree(text);
  for (let length = path.length; tree !== undefined && length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) return lineAt(text, (node.parent?.type === "property" ? node.parent : node).offset);
  }
  return 1;
}

/** One file's text that is JSON. Each change is in the text at once. */
export class JsonText {
  #text: string;
  readonly #mark: string;
  readonly #unit: string;
  readonly #newline: string;

  /** Of text that `syntaxProblem` has nothing against. */
  constructor(text: string) {
    this.#mark = text.startsWith("\ufeff") ? "\ufeff" : "";
    this.#text = text.slice(this.#mark.length);
    this.#unit = /\n([ \t]+)\S/.exec(this.#text)?.[1] ?? "  ";
    if (this.#unit.startsWith("\t")) this.#unit = "\t";
    this.#newline = /\r\n/.test(this.#text) ? "\r\n" : "\n";
  }

  get text(): string {
    return this.#mark + this.#text;
  }

  get value(): unknown {
    return JSON.parse(this.#text);
  }

  lineOf(path: Path): number {
    return lineOfPath(this.#text, path);
  }

  /** Sets a value; objects on the way to it are made. */
  set(path: Path, value: unknown): void {
    for (let length = path.length; ; length--) {
      const node = this.#find(path.slice(0, length));
      if (node === undefined) continue;
      const [key, ...inner] = path.slice(length);
      const made = inner.reduceRight((all, name) => ({ [name]: all }), value);
      if (key !== undefined && node.type === "object") return this.#append(node, made, String(key));
      const whole = key === undefined ? value : { [key]: made };
      return this.#replace(node.offset, node.length, this.#write(whole, this.#indentAt(node.offset)));
    }
  }

  /** Adds an element at the end of a list that is there. */
  push(path: Path, value: unknown): void {
    this.#append(this.#find(path) as Node, value);
  }

  /** Removes a value, with its name; does nothing where there is none. */
  remove(path: Path): void {
    const found = this.#find(path);
    if (found === undefined || path.length === 0) return;
    const node = found.parent?.type === "property" ? found.parent : found;
    const { children = [], offset, length } = node.parent as Node;
    const at = children.indexOf(node);
    const end = node.offset + node.length;
    const [before, after] = [children[at - 1], children[at + 1]];
    if (before !== undefined) this.#replace(before.offset + before.length, end - before.offset - before.length, "");
    else if (after !== undefined) this.#replace(node.offset, after.offset - node.offset, "");
    else this.#replace(offset + 1, length - 2, "");
  }

  #find(path: Path): Node | undefined {
    return findNodeAtLocation(parseTree(this.#text) as Node, [...path]);
  }

  #replace(offset: number, length: number, by: string): void {
    this.#text = this.#text.slice(0, offset) + by + this.#text.slice(offset + length);
  }

  /** White space that the line of this place begins with. */
  #indentAt(offset: number): string {
    const line = this.#text.slice(this.#text.lastIndexOf("\n", offset - 1) + 1, offset);
    return /^[ \t]*/.exec(line)?.[0] ?? "";
  }

  #write(value: unknown, indent: string): string {
    return JSON.stringify(value, null, this.#unit).replaceAll("\n", this.#newline + indent);
  }

  /** After the last child, in its manner: on a line of its own, or on the same line where all are on one. */
  #append(container: Node, value: unknown, key?: string): void {
    const { children = [], offset, length } = container;
    const name = key === undefined ? "" : `${JSON.stringify(key)}: `;
    const last = children.at(-1);
    if (last === undefined) {
      const outer = this.#indentAt(offset);
      const inner = outer + this.#unit;
      const inside = this.#newline + inner + name + this.#write(value, inner) + this.#newline + outer;
      return this.#replace(offset + 1, length - 2, inside);
    }
    const lines = this.#text.slice(offset, last.offset).includes("\n");
    const inner = this.#indentAt(last.offset);
    const written = lines
      ? this.#newline + inner + name + this.#write(value, inner)
      : name.trimEnd() + JSON.stringify(value);
    this.#replace(last.offset + last.length, 0, `,${written}`);
  }
}
