// Whether a transcript has come as far as the client says: it writes behind its hooks.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Of the end of the file; what the client writes behind an answer is far shorter. */
const tailBytes = 256 * 1024;
const mostOfWords = 200;

/** Do the words stand near the end of the transcript? Of words that are not known, it counts as if they did. */
export function endsWith(transcript: string, words: string): boolean {
  const [line = ""] = words.trim().split("\n");
  // Not between the halves of a character.
  const beginning = line.slice(0, mostOfWords).replace(/[\ud800-\udbff]$/, "");
  return beginning === "" || endOf(transcript).includes(JSON.stringify(beginning).slice(1, -1));
}

function endOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(tailBytes);
    const length = readSync(file, bytes, 0, tailBytes, Math.max(0, fstatSync(file).size - tailBytes));
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}
