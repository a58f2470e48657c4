// Says when what a family's files hold is brought where it belongs, and does it, a family at a time: when its sessions
// have come to rest, now and then while they do not, and when they are over.

import type { Family } from "../sources/document.ts";
import { StateError } from "../state/files.ts";
import { compact } from "./compact.ts";
import type { Live } from "./live.ts";
import type { Due, Sender } from "./sending.ts";
import type { Sessions } from "./sessions.ts";

export interface Waits {
  /** What the server is still to be asked for. */
  isAsked(session: string): boolean;
}

interface Plan {
  readonly at: number;
  readonly since: number;
}

/** What has begun and not ended may still end after an abort. */
const patienceMs = 10_000;
const growingMs = 5_000;
const againMs = 15_000;
const roundMs = 60_000;
const sendMs = 20_000;
const compactAt = 8 * 1024 * 1024;

export class Dispatch {
  readonly #plans = new Map<string, Plan>();
  /** Sessions in the store that grow, and when they are next written there. */
  readonly #growing = new Map<string, number>();
  /** Sessions that went out of memory: all there is of them is sent. */
  readonly #over = new Set<string>();
  readonly #compacted = new Map<string, number>();
  #working: Promise<void> | undefined;
  #round = Date.now() + roundMs;

  constructor(
    readonly sessions: Sessions,
    readonly sender: Sender,
    readonly waits: Waits,
    readonly graceMs: number,
    readonly tell: (words: string) => void,
  ) {}

  /** A turn of it ended, so far. */
  ended(session: string, ms = this.graceMs): void {
    const now = Date.now();
    this.#plans.set(session, { at: now + ms, since: this.#plans.get(session)?.since ?? now });
  }

  /** Something of it happened: what was planned waits for quiet. */
  spoke(session: string): void {
    if (this.#plans.has(session)) this.ended(session);
    if (this.sender.isStored && !this.#growing.has(session)) this.#growing.set(session, Date.now() + growingMs);
  }

  over(session: string): void {
    this.#over.add(session);
    this.ended(session, 0);
  }

  tick(): void {
    this.#working ??= this.#due().finally(() => (this.#working = undefined));
  }

  /** Sends all there is, until the deadline. */
  async drain(deadline: number): Promise<void> {
    await Promise.race([this.#working, new Promise((resolve) => setTimeout(resolve, deadline - Date.now()).unref())]);
    if (this.#working !== undefined) return;
    const left = new Set([...this.#plans.keys(), ...this.sessions.all().map(({ id }) => id)]);
    const roots = new Set([...left].map((id) => this.sessions.kin.root(id)));
    const send = (root: string) => (): Promise<void> => this.#send(root, { onlyStored: false, deadline });
    for (const root of roots) if (Date.now() < deadline) await this.#guard(root, send(root));
  }

  async #due(): Promise<void> {
    const now = Date.now();
    for (const [id, at] of this.#growing) if (at <= now) await this.#guard(id, () => this.#send(id, { onlyStored: true, deadline: Date.now() + sendMs }));
    for (const [id, plan] of [...this.#plans]) if (plan.at <= now && this.#plans.get(id) === plan) await this.#guard(id, () => this.#judge(id, plan));
    if (now < this.#round) return;
    this.#round = now + roundMs;
    await this.#guard("", () => this.sender.lookRound(now + sendMs));
  }

  /** A session that makes trouble is taken up another time, and no other has to wait. */
  async #guard(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.tell(`${id === "" ? "" : `${id}: `}${error instanceof Error ? error.message : String(error)}`);
      if (id !== "") this.ended(id, againMs);
    }
  }

  async #judge(id: string, { since }: Plan): Promise<void> {
    const family = this.sessions.kin.family(id);
    const lives = this.#lives(id);
    if (family.some((member) => this.waits.isAsked(member))) return this.ended(id);
    if (!family.some((member) => this.#over.has(member))) {
      // When it has come to rest, it is planned anew.
      if (lives.some(({ busy }) => busy)) return void this.#plans.delete(id);
      if (this.#goesOn(lives) && Date.now() - since < patienceMs) return this.ended(id);
    }
    await this.#send(id, { onlyStored: false, deadline: Date.now() + sendMs });
  }

  #lives(id: string): Live[] {
    return this.sessions.kin.family(id).flatMap((member) => this.sessions.peek(member) ?? []);
  }

  /** Something is under way, or had not ended when it was last heard of. */
  #goesOn(lives: readonly Live[]): boolean {
    return lives.some(({ busy, open, ended, isAwaited }) => busy || ((open.size > 0 || isAwaited) && !ended));
  }

  async #send(id: string, how: Pick<Due, "onlyStored" | "deadline">): Promise<void> {
    const { kin, shelf } = this.sessions;
    const ids = kin.family(id);
    this.sessions.write();
    for (const member of ids) {
      this.#growing.delete(member);
      // Whoever speaks all the time has no quiet, and its plan waits.
      if (!how.onlyStored) this.#plans.delete(member);
    }
    const members = ids.filter((member) => shelf.size(member) > 0).map((member) => this.sessions.live(member));
    const traced = members.filter((live) => this.#isTraced(live));
    if (traced.every((live) => live.done === shelf.size(live.id))) return;
    for (const live of traced) this.#compact(live.id);
    const sizes = new Map(traced.map((live) => [live, shelf.size(live.id)]));
    for (const live of traced) if (live.done !== sizes.get(live)) shelf.sync(live.id);
    // The root's, if that was heard of: settings are a folder's.
    const directory = [this.sessions.peek(kin.root(id)), ...traced].map((live) => live?.directory ?? "").find((folder) => folder !== "") ?? "";
    const sent = await this.sender.send({ family: this.#familyOf(sizes), directory, ...how });
    for (const live of traced) {
      if (sent.complete && !sent.waits && !how.onlyStored) live.done = sizes.get(live) as number;
      this.sessions.keep(live);
      this.#over.delete(live.id);
    }
    this.sender.report();
    if (!sent.complete) this.ended(id, againMs);
    else if (sent.waits) this.ended(id, roundMs);
  }

  #familyOf(sizes: ReadonlyMap<Live, number>): Family {
    const documents = [...sizes].map(([{ id }, size]) => {
      const path = this.sessions.shelf.path(id);
      // What comes while this is sent may be the beginning of another turn.
      return { name: `${id}.jsonl`, path, shown: path, size, upTo: size };
    });
    return { documents, bytes: documents.reduce((sum, { size }) => sum + size, 0), started: "" };
  }

  /** A person may have changed their mind. */
  #isTraced(live: Live): boolean {
    if (this.sessions.watch.isTraced(live.directory, live.id)) return true;
    this.sessions.forget(live);
    return false;
  }

  #compact(id: string): void {
    const size = this.sessions.shelf.size(id);
    if (size < Math.max(compactAt, 2 * (this.#compacted.get(id) ?? 0))) return;
    try {
      compact(this.sessions.shelf.path(id));
    } catch (error) {
      if (!(error instanceof StateError)) this.tell(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#compacted.set(id, this.sessions.shelf.size(id));
  }
}
