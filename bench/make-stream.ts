// Makes large event streams of opencode 1.18.x out of a seed: the same seed and size give the same bytes on every machine.
//
//     tsx bench/make-stream.ts --size 100m --seed 7 --out DIR [--view global|event] [--form sse|ndjson] [--grain coarse|fine]
//
// Several sessions speak at once. Beside the stream stands `<stream>.truth.json` with what was really written.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { parseSize } from "./make-session.ts";
import { grains } from "./session/calls.ts";
import { Random, type Spread } from "./session/random.ts";
import { Library } from "./session/text.ts";
import { ENDING, Session, type World } from "./stream/session.ts";
import { Server, forms, views, type Form, type StreamTruth, type View } from "./stream/server.ts";

export interface StreamOptions {
  seed: number;
  bytes: number;
  directory: string;
  view?: View;
  form?: Form;
  grain?: string;
}

/** Sessions that a person has running at once. */
const AT_ONCE = 4;

/** Characters of a piece of text: as models send some words at once, or every token. */
const pieces: Record<string, Spread> = {
  coarse: [1, 8, 16, 24, 40, 80],
  fine: [1, 3, 4, 5, 8, 14],
};

export function makeStream({ seed, bytes, directory, view = "global", form = "sse", grain: name = "coarse" }: StreamOptions): { path: string; truth: StreamTruth } {
  const [grain, piece] = [grains[name], pieces[name]];
  if (grain === undefined || piece === undefined) throw new Error(`no such grain: ${name}; there are ${Object.keys(grains).join(", ")}`);
  const random = new Random(seed);
  const library = new Library(random);
  const path = join(directory, `${view}.${form}`);
  const server = new Server(path, random, view, form, seed);
  const running: { session: Session; course: Generator<void> }[] = [];
  // what is begun will be brought to its end
  const left = (): number => bytes - server.truth.bytes - running.length * ENDING;
  const world: World = {
    random, library, grain, server, piece, left,
    // a content may stand in a dozen writes, and other sessions write beside
    fits: (size) => Math.max(40, Math.min(size, Math.floor(left() / 100))),
    start: (session) => running.push({ session, course: session.tell() }),
  };
  const model = random.pick(["claude-opus-4-8", "claude-sonnet-4-6"]);
  while (running.length > 0 || left() > 2 * ENDING || server.truth.turns === 0) {
    if (running.length < AT_ONCE && (left() > 2 * ENDING || running.length === 0)) world.start(new Session(world, model));
    const chosen = running[random.below(running.length)] as (typeof running)[number];
    if (chosen.course.next().done === true) running.splice(running.indexOf(chosen), 1);
  }
  server.close();
  writeFileSync(join(directory, `${view}.truth.json`), `${JSON.stringify(server.truth, null, 2)}\n`);
  return { path, truth: server.truth };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      size: { type: "string" },
      seed: { type: "string", default: "7" },
      out: { type: "string" },
      view: { type: "string", default: "global" },
      form: { type: "string", default: "sse" },
      grain: { type: "string", default: "coarse" },
    },
  });
  const view = views.find((each) => each === values.view);
  const form = forms.find((each) => each === values.form);
  if (values.size === undefined || values.out === undefined || view === undefined || form === undefined) {
    throw new Error("usage: make-stream --size 100m --out DIR [--seed 7] [--view global|event] [--form sse|ndjson] [--grain coarse|fine]");
  }
  const made = makeStream({ seed: Number(values.seed), bytes: parseSize(values.size), directory: values.out, view, form, grain: values.grain });
  console.log(made.path);
  console.log(JSON.stringify(made.truth, null, 2));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
