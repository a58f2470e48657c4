// One row of JSON, read the slow way: every value keeps the text it was written as.
//
// It exists beside JSON.parse because a span copies arguments and texts as they were written, and because a broken row has
// to say what is wrong with it.

import { BROKEN_DEEP, BROKEN_ESCAPE, BROKEN_SYNTAX, BROKEN_TORN, BROKEN_TRAILING, DEPTH_LIMIT } from "../../assembly/abi/layout.ts";

/** A value: `raw` is its text as written. Of two members with one name the last counts; names are compared as written. */
export type Json =
  | { kind: "object"; raw: string; members: Map<string, Json> }
  | { kind: "array"; raw: string; items: Json[] }
  | { kind: "string" | "number" | "literal"; raw: string };

export type Row = { ok: true; value: Json } | { ok: false; reason: number };

class Broken extends Error {
  constructor(readonly reason: number) {
    super(`broken row: ${reason}`);
  }
}

/** Where the text stopped too early, a row that is its document's last was cut off. */
class Ended extends Error {}

const space = " \t\r\n";
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

export function readRow(text: string, last: boolean): Row {
  let at = 0;
  const skipSpace = (): void => {
    while (at < text.length && space.includes(text[at]!)) at++;
  };
  const here = (): string => {
    if (at >= text.length) throw new Ended();
    return text[at]!;
  };
  const expect = (character: string): void => {
    if (here() !== character) throw new Broken(BROKEN_SYNTAX);
    at++;
  };
  const string = (): string => {
    const start = at;
    expect('"');
    for (;;) {
      const character = here();
      at++;
      if (character === '"') return text.slice(start, at);
      if (character < " ") throw new Broken(BROKEN_SYNTAX);
      if (character !== "\\") continue;
      const escaped = here();
      if (!'"\\/bfnrtu'.includes(escaped)) throw new Broken(BROKEN_ESCAPE);
      at++;
      for (let digit = 0; escaped === "u" && digit < 4; digit++, at++) if (!/[0-9a-fA-F]/.test(here())) throw new Broken(BROKEN_ESCAPE);
    }
  };
  const word = (expected: string): Json => {
    const start = at;
    for (const character of expected) expect(character);
    return { kind: "literal", raw: text.slice(start, at) };
  };
  const numeral = (): Json => {
    number.lastIndex = at;
    const match = number.exec(text);
    if (!match) {
      at++;
      here();
      throw new Broken(BROKEN_SYNTAX);
    }
    at += match[0].length;
    // "1." and "1e" match up to the digits before: what follows is then wrong, or missing. Of "01" the zero is the number.
    const further = /[eE]/.test(match[0]) ? "" : match[0].includes(".") ? "eE" : ".eE";
    if (at < text.length && further.includes(text[at]!)) {
      if (/^[.eE][+-]?$/.test(text.slice(at).trimEnd())) throw new Ended();
      throw new Broken(BROKEN_SYNTAX);
    }
    return { kind: "number", raw: match[0] };
  };
  const value = (depth: number): Json => {
    skipSpace();
    const start = at;
    const first = here();
    if (first === '"') return { kind: "string", raw: string() };
    if (first === "t") return word("true");
    if (first === "f") return word("false");
    if (first === "n") return word("null");
    if (first === "-" || (first >= "0" && first <= "9")) return numeral();
    if (first !== "{" && first !== "[") throw new Broken(BROKEN_SYNTAX);
    if (depth === DEPTH_LIMIT) throw new Broken(BROKEN_DEEP);
    at++;
    skipSpace();
    const members = new Map<string, Json>();
    const items: Json[] = [];
    const close = first === "{" ? "}" : "]";
    if (here() === close) at++;
    else
      for (;;) {
        skipSpace();
        if (first === "{") {
          const name = string();
          skipSpace();
          expect(":");
          members.set(name.slice(1, -1), value(depth + 1));
        } else items.push(value(depth + 1));
        skipSpace();
        if (here() === close) {
          at++;
          break;
        }
        expect(",");
      }
    const raw = text.slice(start, at);
    return first === "{" ? { kind: "object", raw, members } : { kind: "array", raw, items };
  };
  try {
    const read = value(0);
    skipSpace();
    if (at < text.length) throw new Broken(BROKEN_TRAILING);
    return { ok: true, value: read };
  } catch (error) {
    if (error instanceof Ended) return { ok: false, reason: last ? BROKEN_TORN : BROKEN_SYNTAX };
    if (error instanceof Broken) return { ok: false, reason: error.reason };
    throw error;
  }
}

// --- what a value is, if it is what is asked for; a value of another kind counts as absent

export function member(value: Json | undefined, ...path: string[]): Json | undefined {
  let found = value;
  for (const name of path) found = found?.kind === "object" ? found.members.get(name) : undefined;
  return found;
}

/** The characters of a string; a lone surrogate, escaped or not, becomes U+FFFD. */
export function text(value: Json | undefined): string | undefined {
  if (value?.kind !== "string") return undefined;
  return Buffer.from(JSON.parse(value.raw) as string, "utf8").toString("utf8");
}

/** A string that says something. */
export function name(value: Json | undefined): string | undefined {
  return text(value) || undefined;
}

export function items(value: Json | undefined): Json[] | undefined {
  return value?.kind === "array" ? value.items : undefined;
}

export function isTrue(value: Json | undefined): boolean {
  return value?.kind === "literal" && value.raw === "true";
}

/** A count: whole digits, what follows the point cut off; negative numbers, exponents and more than 18 digits count as absent. */
export function count(value: Json | undefined): bigint | undefined {
  const match = value?.kind === "number" ? /^(\d{1,18})(?:\.\d+)?$/.exec(value.raw) : null;
  return match ? BigInt(match[1]!) : undefined;
}
