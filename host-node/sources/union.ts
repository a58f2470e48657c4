// Which things belong together, told pair by pair. The smallest index stands for its group, so that the result does not
// depend on the order of telling.

export class Union {
  readonly #over: number[];

  constructor(count: number) {
    this.#over = Array.from({ length: count }, (_, index) => index);
  }

  /** The index that stands for the group of `index`. */
  of(index: number): number {
    let root = index;
    while (this.#over[root] !== root) root = this.#over[root] as number;
    while (this.#over[index] !== root) {
      const next = this.#over[index] as number;
      this.#over[index] = root;
      index = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.of(a), this.of(b)];
    if (first < second) this.#over[second] = first;
    else this.#over[first] = second;
  }

  /** Joins `index` with whoever has the same word in `by`, or leaves it there for the next. */
  joinBy(by: Map<string, number>, word: string, index: number): void {
    const other = by.get(word);
    if (other === undefined) by.set(word, index);
    else if (other !== index) this.join(other, index);
  }
}
