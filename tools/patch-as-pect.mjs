// Repairs as-pect after an install, so that it agrees with the installed compiler about node kinds.
//
// The transforms of as-pect carry the compiler's `NodeKind` numbers inlined, as `3 /* NodeKind.Source */`. The compiler
// has since inserted a kind, which shifted all that follow; without the repair, strict equality on classes does not
// compile and coverage stops on an assertion. The right numbers are read from the compiler that is installed, and
// the name in the comment says which one is meant, so running this twice, or with another compiler, is harmless.
//
// It does not touch the compiler, and it does not know how as-pect works.

import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(fileURLToPath(new URL("..", import.meta.url)), "node_modules");
const compilerTypes = join(modules, "assemblyscript", "dist", "assemblyscript.generated.d.ts");
// visitor-as lies inside @as-covers/transform or beside it, as npm pleases.
const carriers = ["@as-pect", "@as-covers", "visitor-as"];
const inlined = /\b(\d+)( \/\* NodeKind\.(\w+) \*\/)/g;

/** Name to number, as the compiler's own declarations state it. */
function nodeKinds() {
  const body = /export const enum NodeKind \{([^}]*)\}/.exec(readFileSync(compilerTypes, "utf8"))?.[1];
  const kinds = new Map();
  for (const [, name, number] of body?.matchAll(/^\s*(\w+) = (\d+),?$/gm) ?? []) kinds.set(name, Number(number));
  if (kinds.size === 0) throw new Error("the compiler's declarations have no enum NodeKind");
  return kinds;
}

function* scripts(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* scripts(path);
    } else if (/\.[cm]?js$/.test(entry.name)) {
      yield path;
    }
  }
}

/** Rewrites what disagrees; returns how many numbers were looked at and how many were wrong. */
export function patchAsPect() {
  const result = { seen: 0, changed: 0 };
  if (!existsSync(compilerTypes)) return result;
  const kinds = nodeKinds();
  for (const carrier of carriers) {
    const folder = join(modules, carrier);
    if (!existsSync(folder)) continue;
    for (const path of scripts(folder)) {
      const before = readFileSync(path, "utf8");
      const after = before.replace(inlined, (whole, number, comment, name) => {
        result.seen++;
        const right = kinds.get(name);
        if (right === undefined) throw new Error(`${path}: the compiler has no NodeKind.${name}`);
        if (right === Number(number)) return whole;
        result.changed++;
        return right + comment;
      });
      if (after === before) continue;
      // Written aside and renamed: a reader sees the old file or the new one, never half of either.
      const aside = `${path}.${process.pid}`;
      writeFileSync(aside, after);
      renameSync(aside, path);
    }
  }
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { seen, changed } = patchAsPect();
  if (changed > 0) console.log(`as-pect: ${changed} of ${seen} node kinds brought in line with the compiler`);
}
