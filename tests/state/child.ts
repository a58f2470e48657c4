// One process of many that write state at once: does one thing over and over until it is killed, and says on standard
// output what has been accepted, each by a call that comes back before it goes on.
//
//     node child.mjs <home> <what> <name>

import { readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { appendRecord, writeAtomic } from "../../host-node/state/files.ts";
import { appendJournal } from "../../host-node/state/journal.ts";
import { openLedger } from "../../host-node/state/ledger.ts";
import { lockHolder, tryLock } from "../../host-node/state/lock.ts";
import { places } from "../../host-node/state/paths.ts";
import { claim, listPending, markPending, sweepLock } from "../../host-node/state/pending.ts";
import { openSpool } from "../../host-node/state/spool.ts";

const [home = "", what = "", name = ""] = process.argv.slice(2);
const where = places({ SPANLOOM_HOME: home });
const say = (text: string): void => void writeSync(1, `${text}\n`);
/** Some take one page of the disk, some several. */
const padding = (n: number): string => "x".repeat((n * 7919) % 20_000);
const valuePath = (session: string): string => join(where.state, `${session}.value`);

/** What a worker does: all that is pending under the lock, and once more when the lock is free again. */
function sweep(): void {
  while (listPending(where).length > 0) {
    const lock = tryLock(sweepLock(where));
    if (lock === undefined) return;
    const log = join(where.state, "turns");
    appendRecord(log, `enter ${process.pid}`);
    for (const session of listPending(where)) {
      const claimed = claim(where, session);
      if (claimed === undefined) continue;
      appendRecord(join(where.state, "seen"), `${session} ${readFileSync(valuePath(session), "utf8")}`);
      claimed.done();
    }
    appendRecord(log, `leave ${process.pid}`);
    lock.release();
  }
}

/** What a hook does: something happens to a session, and a worker is started if none is at work. */
function happen(n: number): void {
  const session = `${name}-${n % 3}`;
  writeAtomic(valuePath(session), String(n), { sync: false });
  markPending(where, session);
  say(`${session} ${n}`);
  if (lockHolder(sweepLock(where)) === undefined) sweep();
}

const ledger = openLedger(where, "sink");
const spool = openSpool(where, "sink", { mostBytes: 4_000_000 });

const doings: Record<string, (n: number) => void> = {
  journal(n) {
    // A journal that has grown long leaves payloads out, so a fast machine's is known by its events.
    const payload = { padding: padding(n) };
    appendJournal(where, { at: n, event: `${name} ${n}`, session: "one", transcript: "t", cwd: "c", payload });
    say(String(n));
  },
  ledger(n) {
    const ids = [0, 1, 2].map((more) => `${name}${(n * 3 + more).toString(16)}`.padStart(32, "0"));
    ledger.add(ids);
    say(ids.join("\n"));
  },
  spool(n) {
    const trace = `${name}${n.toString(16)}`.padStart(32, "0");
    // The trace is in two requests, and complete with the second.
    const batch = spool.open();
    for (const traces of [[], [trace]]) batch.add({ traces, contentType: "a/b", encoding: "" }, Buffer.from(`${trace} ${padding(n)} ${trace}`));
    batch.close();
    say(trace);
  },
  file(n) {
    writeAtomic(join(where.state, "whole.json"), JSON.stringify({ n, padding: padding(n), end: n }));
    say(String(n));
  },
  happen,
  step(n) {
    // Waits for a word from outside.
    readSync(0, Buffer.alloc(1));
    happen(n);
    say("over");
  },
};

const doing = doings[what];
if (doing === undefined) throw new Error(`no such thing: ${what}`);
for (let n = 1; ; n++) doing(n);
