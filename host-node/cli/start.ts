// The file Node runs: loads the program together with what V8 has compiled of it before, so that little is left to
// parse at each start. It is compiled afresh each time, so it does nothing else.
//
// The build makes that code (tools/code-cache.mjs). It serves the version of V8 that made it; any other refuses it, and
// compiles the program as if it were not there.

// Required, not imported: what a bundler puts around an import is code to be run, too.
const fs = require("node:fs") as typeof import("node:fs");
const path = require("node:path") as typeof import("node:path");
const { Script } = require("node:vm") as typeof import("node:vm");

/** The whole program as one function of what each module has. */
type Program = (load: (name: string) => unknown, folder: string) => void;

const file = path.join(__dirname, "program.cjs");

/** The code made for this text, if there is any; both begin with the same line. */
function madeFor(text: string): { cachedData?: Buffer } {
  try {
    const made = fs.readFileSync(path.join(__dirname, "program.code"));
    const start = text.indexOf("\n") + 1;
    return made.toString("latin1", 0, start) === text.slice(0, start) ? { cachedData: made.subarray(start) } : {};
  } catch {
    return {};
  }
}

// The build leaves nothing but ASCII in it, and UTF-8 is what Node reads in one call.
const text = fs.readFileSync(file, "utf8");
const program = new Script(text, { filename: file, ...madeFor(text) }).runInThisContext() as Program;
// Nearly every file of it asks for these two.
const loaded: Record<string, unknown> = { "node:fs": fs, "node:path": path };
program((name) => loaded[name] ?? require(name), __dirname);
