// The kinds of value a setting can have: each reads what stood in JSON, and text where a variable or a command line gave
// it. What is wrong is told without the value itself, which may be a secret.

import { delimiter, isAbsolute, join, resolve } from "node:path";
import { DESTINATION_KEYS, type DestinationSetting, readDestination } from "./destination.ts";
import { isObject } from "./object.ts";

export type Path = readonly (string | number)[];

export interface Reading {
  /** For `~`. */
  readonly home: string;
  /** What is wrong, and where in the value. */
  wrong(words: string, at?: Path): void;
}

export interface Kind<T = unknown> {
  /** What it is, for people. */
  readonly words: string;
  /** The value, or nothing where it is of no use; then `wrong` was told. */
  read(value: unknown, reading: Reading): T | undefined;
  /** The JSON value that text means. Throws what JSON.parse throws. */
  fromText(text: string): unknown;
}

const same = (text: string): unknown => text;

export const truth: Kind<boolean> = {
  words: "true or false",
  read(value, { wrong }) {
    if (typeof value === "boolean") return value;
    return void wrong(`is ${this.words}`);
  },
  fromText(text) {
    const word = text.trim().toLowerCase();
    if (["1", "true", "yes", "on"].includes(word)) return true;
    return ["0", "false", "no", "off"].includes(word) ? false : text;
  },
};

export function oneOf<T extends string>(...all: readonly T[]): Kind<T> {
  const words = `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
  return {
    words,
    read(value, { wrong }) {
      if ((all as readonly unknown[]).includes(value)) return value as T;
      return void wrong(`is ${words}`);
    },
    fromText: same,
  };
}

export function wholeNumber(least: number): Kind<number> {
  const words = `a whole number, ${least} or more`;
  return {
    words,
    read(value, { wrong }) {
      if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
      return void wrong(`is ${words}`);
    },
    fromText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  };
}

export const text: Kind<string> = {
  words: "text",
  read(value, { wrong }) {
    if (typeof value === "string" && value !== "") return value;
    return void wrong("is text, and not empty");
  },
  fromText: same,
};

/** A list of folders; one alone may stand without its list. All or nothing: half of such a list says something else. */
export const folders: Kind<readonly string[]> = {
  words: "a list of absolute paths",
  read(value, { home, wrong }) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const paths: string[] = [];
    for (const [index, entry] of list.entries()) {
      const path = typeof entry === "string" ? entry.replace(/^~(?=$|[/\\])/, () => home) : "";
      if (isAbsolute(path)) paths.push(resolve(path));
      else wrong(`is ${this.words}`, Array.isArray(value) ? [index] : []);
    }
    return paths.length === list.length ? paths : undefined;
  },
  fromText: (given) =>
    given.trim().startsWith("[") ? JSON.parse(given) : given.split(delimiter).filter((path) => path !== ""),
};

/** Attributes of the resource: names and plain values. */
export const attributes: Kind<ReadonlyMap<string, string>> = {
  words: "an object of names and texts",
  read(value, { wrong }) {
    if (!isObject(value)) return void wrong(`is ${this.words}`);
    const found = new Map<string, string>();
    for (const [name, entry] of Object.entries(value)) {
      if (["string", "number", "boolean"].includes(typeof entry)) found.set(name, String(entry));
      else wrong("is text, a number, true or false", [name]);
    }
    return found;
  },
  fromText: (given) => JSON.parse(given),
};

/** Destinations; one that makes no sense costs itself alone. */
export const destinations: Kind<readonly DestinationSetting[]> = {
  words: `a list of objects with ${DESTINATION_KEYS.join(", ")}`,
  read(value, { wrong }) {
    if (!Array.isArray(value)) return void wrong(`is ${this.words}`);
    const names = new Set<string>();
    return value.flatMap((entry: unknown, index) => {
      const found = readDestination(entry, (words, at = []) => wrong(words, [index, ...at]));
      if (found === undefined) return [];
      if (names.has(found.name)) return (wrong("has the name of one before it: ignored", [index, "name"]), []);
      names.add(found.name);
      return [found];
    });
  },
  fromText: (given) => JSON.parse(given),
};

/** A path as it is written on a command line, made one that a list of folders may hold. */
export function absolute(path: string, cwd: string, home: string): string {
  return /^~(?=$|[/\\])/.test(path) ? join(home, path.slice(1)) : resolve(cwd, path);
}
