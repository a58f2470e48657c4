// Random numbers that are the same on every run: xorshift64*, begun from a seed. Not for anything but tests.

export class Random {
  constructor(private state: u64) {}

  next(): u32 {
    this.state ^= this.state >> 12;
    this.state ^= this.state << 25;
    this.state ^= this.state >> 27;
    return <u32>((this.state * 0x2545f4914f6cdd1d) >> 32);
  }

  /** A number from 0 to `limit` - 1. */
  below(limit: u32): u32 {
    return this.next() % limit;
  }

  /** True once in `times`. */
  once(times: u32): bool {
    return this.below(times) == 0;
  }

  /** One character of an ASCII text: what stands in it often comes often. */
  oneOf(text: string): u8 {
    return <u8>text.charCodeAt(this.below(text.length));
  }

  /** Fills memory with bytes of an ASCII text. */
  fillFrom(text: string, from: usize, length: usize): void {
    for (let i: usize = 0; i < length; i++) store<u8>(from + i, this.oneOf(text));
  }

  /** Fills memory with any bytes. */
  fill(from: usize, length: usize): void {
    for (let i: usize = 0; i < length; i++) store<u8>(from + i, <u8>(this.next() >> 24));
  }
}
