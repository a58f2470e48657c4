// Fails if something published weighs more, compressed, than tools/size-limits.json grants it.
//
// A limit is a promise, to pages that load the core and to agents that wait for the hook; it is raised by a person with
// a reason, never by this file.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { top } from "./source-files.mjs";

/** Every file over its limit, as a sentence; what was not built is not judged. */
export function checkSize() {
  const limits = JSON.parse(readFileSync(join(top, "tools/size-limits.json"), "utf8"));
  const wrong = [];
  for (const [path, { gzip }] of Object.entries(limits)) {
    if (!existsSync(join(top, path))) {
      console.log(`size: ${path} is not built`);
      continue;
    }
    const size = gzipSync(readFileSync(join(top, path)), { level: 9 }).length;
    const sentence = `${path} is ${size} bytes gzip of ${gzip}`;
    if (size > gzip) wrong.push(sentence);
    console.log(`size: ${sentence}`);
  }
  return wrong;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = checkSize();
  if (wrong.length > 0) {
    console.error(`size: over the limit: ${wrong.join("; ")}`);
    process.exitCode = 1;
  }
}
