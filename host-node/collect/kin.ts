// Which sessions are one family: a session, those it started, at any depth, and its forks. A fork names no origin; but its
// first message is older than itself, and was made when its origin's was.

export interface Relative {
  readonly parent: string;
  readonly created: number;
  readonly first: number;
}

export class Kin {
  readonly #above = new Map<string, string>();
  readonly #below = new Map<string, Set<string>>();
  /** Sessions by when their first message was made, those it was made in. */
  readonly #firsts = new Map<number, string>();
  /** Forks whose origin has not been met. */
  readonly #orphans = new Map<number, Set<string>>();

  /** Says, or says again, what is known of a session. */
  tell(id: string, { parent, created, first }: Relative): void {
    if (!this.#above.has(id)) this.#above.set(id, "");
    const isFork = parent === "" && first > 0 && created > 0 && first < created;
    if (parent !== "") this.#link(id, parent);
    else if (isFork) {
      const origin = this.#firsts.get(first);
      if (origin !== undefined) this.#link(id, origin);
      else this.#orphans.set(first, (this.#orphans.get(first) ?? new Set()).add(id));
    } else if (first > 0 && !this.#firsts.has(first)) {
      this.#firsts.set(first, id);
      for (const orphan of this.#orphans.get(first) ?? []) this.#link(orphan, id);
      this.#orphans.delete(first);
    }
  }

  /** The session that stands for the family. */
  root(id: string): string {
    const seen = new Set<string>();
    for (let at = id; ; ) {
      const above = this.#above.get(at) ?? "";
      if (above === "" || seen.has(at)) return at;
      seen.add(at);
      at = above;
    }
  }

  /** The whole family, in the order of their ids. */
  family(id: string): string[] {
    const found = new Set([this.root(id)]);
    // Members that are added while it runs are visited, too.
    for (const member of found) for (const below of this.#below.get(member) ?? []) found.add(below);
    return [...found].sort();
  }

  #link(id: string, above: string): void {
    const before = this.#above.get(id) ?? "";
    if (before === above || above === id || this.root(above) === id) return;
    this.#below.get(before)?.delete(id);
    this.#above.set(id, above);
    this.#below.set(above, (this.#below.get(above) ?? new Set()).add(id));
  }
}
