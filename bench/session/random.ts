// The one source of chance of the session maker: xoshiro128** seeded by splitmix32.
//
// Only 32-bit integer arithmetic and exact divisions by powers of two, so that every engine on every machine draws the
// same numbers. No logarithms and no bell curves: their last bits differ between engines. Not for secrets.

/** Sizes as a list of quantiles: equal shares of the draws fall between neighbours, spread evenly. */
export type Spread = readonly number[];

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number) {
    let state = seed | 0;
    const splitmix = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) | 0;
    };
    this.a = splitmix();
    this.b = splitmix();
    this.c = splitmix();
    this.d = splitmix() | 1; // all four zero would stay zero for ever
  }

  /** A number from 0 to 2^32 - 1. */
  next(): number {
    const five = Math.imul(this.b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  /** From 0 to below 1. */
  unit(): number {
    return this.next() / 0x100000000;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(share: number): boolean {
    return this.unit() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** One of a list, each with its share. */
  share<T>(list: readonly (readonly [share: number, one: T])[]): T {
    let place = this.below(list.reduce((sum, [share]) => sum + share, 0));
    for (const [share, one] of list) {
      if (place < share) return one;
      place -= share;
    }
    throw new Error("shares do not add up");
  }

  /** A size whose quantiles are those of `spread`. */
  size(spread: Spread): number {
    const place = this.unit() * (spread.length - 1);
    const index = Math.floor(place);
    const low = spread[index] as number;
    const high = spread[index + 1] ?? low;
    return Math.floor(low + (high - low) * (place - index));
  }

  /** `length` characters of `alphabet`. */
  letters(length: number, alphabet: string): string {
    let text = "";
    for (let index = 0; index < length; index++) text += alphabet[this.below(alphabet.length)];
    return text;
  }

  hex(length: number): string {
    return this.letters(length, "0123456789abcdef");
  }

  /** The tail of an id as the API writes them. */
  base58(length: number): string {
    return this.letters(length, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
  }

  uuid(): string {
    const h = this.hex(32);
    const variant = "89ab"[this.below(4)];
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
  }
}
