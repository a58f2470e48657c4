// The gist of long texts on one line: of a prompt what was asked, of a tool's arguments the one that tells most.
// It works on beginnings, so a text may be cut anywhere. What it answers does nothing to a terminal.

import { harmless } from "./terminal.ts";

const tag = (words: string, name: string): string =>
  new RegExp(`<${name}>([^]*?)</${name}>`).exec(words)?.[1]?.trim() ?? "";

function firstLine(text: string): string {
  const first = text.split(/[\r\n]/).find((part) => part.trim() !== "") ?? "";
  return harmless(first).trim();
}

/** What was asked; a slash command as it was typed. */
export function asked(words: string | undefined): string {
  if (words === undefined) return "";
  const command = tag(words, "command-name") || tag(words, "command-message");
  return firstLine(command === "" ? words : `${command} ${tag(words, "command-args")}`);
}

/** The arguments that say what a call is about, the most telling first. */
const telling = [
  "command",
  "file_path",
  "filePath",
  "notebook_path",
  "pattern",
  "query",
  "url",
  "path",
  "skill",
  "to",
  "subject",
  "description",
  "tool",
];
const paths = new Set(["file_path", "filePath", "notebook_path", "path"]);

/** A path's end, which tells more than its beginning. */
function shortPath(path: string): string {
  const parts = path.split(/[\\/]/);
  return parts.length > 4 ? `\u2026/${parts.slice(-3).join("/")}` : path;
}

/** The string under a key of a JSON object, which may end in the middle. */
function member(json: string, key: string): string | undefined {
  const found = new RegExp(`"${key}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(json)?.[1];
  if (found === undefined) return undefined;
  try {
    return JSON.parse(`"${found.replace(/\\u?[0-9a-fA-F]{0,3}$/, "")}"`) as string;
  } catch {
    return found;
  }
}

/** What a tool was called with. */
export function point(json: string | undefined): string {
  if (json === undefined) return "";
  for (const key of telling) {
    const value = member(json, key);
    if (value !== undefined && value.trim() !== "") return firstLine(paths.has(key) ? shortPath(value) : value);
  }
  // No name that is known: the arguments themselves, unless there are none.
  const inside = json.replace(/^\s*\{\s*|\s*\}\s*$/g, "");
  return inside.length === 0 ? "" : firstLine(inside);
}
