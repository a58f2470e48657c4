// Changes the user's own file, one setting at a time, and leaves the rest of it as it is.

import { BrokenFile } from "./broken.ts";
import { JsonText, syntaxProblem } from "./json.ts";
import type { Path } from "./kinds.ts";
import { isObject } from "./object.ts";
import { readText, replaceText } from "./replace.ts";

export interface Read {
  /** Nothing: there is no file. */
  readonly before: string | undefined;
  readonly json: JsonText;
}

/** A file's JSON object, to be changed; an empty one where there is no file. Throws BrokenFile and StateError. */
export function readJson(path: string): Read {
  const before = readText(path);
  // What holds nothing is nothing broken.
  const text = before === undefined || before.trim() === "" ? "{}\n" : before;
  const problem = syntaxProblem(text.replace(/^\ufeff/, ""));
  if (problem !== undefined) throw new BrokenFile(path, problem.line, problem.words);
  const json = new JsonText(text);
  if (!isObject(json.value)) throw new BrokenFile(path, json.lineOf([]), "is no object");
  return { before, json };
}

/** Sets a value, or removes it; false if the file says so already. Throws BrokenFile and StateError. */
export function editFile(path: string, at: Path, value: unknown): boolean {
  const { before, json } = readJson(path);
  const old = json.text;
  if (value === undefined) json.remove(at);
  else json.set(at, value);
  if (json.text === old) return false;
  replaceText(path, before, json.text);
  return true;
}
