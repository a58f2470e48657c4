// Follows one server: keeps each session's events in a file while they come, and brings its turns where they belong as
// they end.
//
// Idle is the end of a turn and never that of a session; what comes late is in the file all the same. Of a session little is
// in memory, and of those that spoke longest ago nothing. Spans come of the files alone, read by the core as any other
// session's, so whoever is killed, at whatever instant, has lost nothing that was written.

import { join } from "node:path";
import type { Environment } from "../exporter/destination.ts";
import { readObject, type Tell, writeAtomic } from "../state/files.ts";
import type { Places } from "../state/paths.ts";
import { Dispatch } from "./dispatch.ts";
import { numberOf, readEvent, type ServerEvent, valueOf } from "./event.ts";
import { follow, type Follower } from "./follow.ts";
import { CatchUp } from "./missing.ts";
import { Sender } from "./sending.ts";
import type { Server } from "./server.ts";
import { Sessions } from "./sessions.ts";
import { Shelf } from "./shelf.ts";

export interface CollectorOptions {
  readonly server: Server;
  readonly folder: string;
  readonly env: Environment;
  readonly places: Places;
  readonly tell: Tell;
  /** Sessions in memory. */
  readonly mostLive: number;
  /** A turn is sent when its session has been quiet for so long after its end. */
  readonly graceMs: number;
}

/** Everything that came is on disk after so long. */
const tickMs = 100;
const noteMs = 5_000;
/** Events whose second copies are known. */
const mostSeen = 8192;

export class Collector implements Follower {
  readonly #options: CollectorOptions;
  readonly #sessions: Sessions;
  readonly #catchUp: CatchUp;
  readonly #dispatch: Dispatch;
  readonly #sender: Sender;
  readonly #stop = new AbortController();
  #seen = new Set<string>();
  #connections = 0;
  #noted = 0;

  constructor(options: CollectorOptions) {
    const { server, env, places, tell, folder, mostLive, graceMs } = options;
    this.#options = options;
    this.#sender = new Sender(env, places, tell);
    this.#sessions = new Sessions(new Shelf(folder, tell), mostLive, {
      isTraced: (directory, session) => this.#sender.isTraced(directory, session),
      evicted: (session) => this.#dispatch.over(session),
      behind: (session) => this.#catchUp.ask(session),
      tell,
    });
    // Killed before it could be noted: when something was last written says it nearly as well.
    const { shelf } = this.#sessions;
    const heard = numberOf(readObject(this.#notes, tell), "heard") || shelf.list().reduce((last, id) => Math.max(last, shelf.grown(id)), 0);
    const missing = { caughtUp: (session: string) => this.#dispatch.ended(session), tell };
    this.#catchUp = new CatchUp(server, this.#sessions, missing, this.#stop.signal, heard);
    this.#dispatch = new Dispatch(this.#sessions, this.#sender, this.#catchUp, graceMs, tell);
  }

  /** Until `stop`. Throws the ServerError of a server that refuses us. */
  async run(): Promise<void> {
    for (const session of this.#sessions.restore()) this.#dispatch.ended(session);
    const ticking = setInterval(() => {
      this.#sessions.write();
      this.#dispatch.tick();
      if (Date.now() - this.#noted > noteMs) this.#note();
    }, tickMs);
    try {
      await follow(this.#options.server, this, this.#stop.signal);
    } finally {
      clearInterval(ticking);
      this.#sessions.write();
    }
  }

  /** Listens no more, and sends what there is until the deadline; what is left then the next run finds. */
  async stop(deadline: number): Promise<void> {
    this.#stop.abort();
    this.#sessions.write();
    this.#note();
    await this.#dispatch.drain(deadline);
    this.#sender.report(true);
  }

  connected(): void {
    this.#options.tell(this.#connections++ === 0 ? "connected" : "connected again");
    void this.#catchUp.askAll().then(() => this.#note());
  }

  lost(reason: string, again: number): void {
    this.#catchUp.lost();
    this.#options.tell(`${reason}; trying again in ${again / 1000} s`);
  }

  event(data: string): void {
    const event = readEvent(data);
    if (event === undefined || event.session === "" || this.#isCopy(event)) return;
    const live = this.#sessions.live(event.session);
    if (live.traced === false) return;
    const wasEnded = live.ended;
    const turn = live.note(event);
    this.#catchUp.hear(valueOf(event.properties, "info"));
    this.#sessions.kin.tell(live.id, live);
    // An event that came cut over lines was put together with line breaks.
    this.#sessions.put(live, [data.includes("\n") ? JSON.stringify(JSON.parse(data)) : data]);
    if (live.isBehind && !live.ended) this.#catchUp.ask(live.id);
    // What is still said of a session that was deleted is kept; it ends nothing that was sent.
    if (turn === "goes on" || wasEnded) this.#dispatch.spoke(live.id);
    else this.#dispatch.ended(live.id);
  }

  #isCopy({ id, isStored }: ServerEvent): boolean {
    if (id === "") return false;
    if (isStored && this.#seen.has(id)) return true;
    this.#seen.add(id);
    if (this.#seen.size > mostSeen) this.#seen = new Set([...this.#seen].slice(mostSeen / 2));
    return false;
  }

  get #notes(): string {
    return join(this.#options.folder, "server");
  }

  #note(): void {
    this.#noted = Date.now();
    writeAtomic(this.#notes, `${JSON.stringify({ heard: this.#catchUp.heard })}\n`, { sync: false });
  }
}
