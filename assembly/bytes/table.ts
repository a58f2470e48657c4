// Growable arrays of plain records, addressed by index: the arenas of the core.
// A record is an @unmanaged class. References from add() and at() hold until the next add() to the same table.

import { allocate, release } from "./heap";

export class Table<T> {
  /** Address of row 0; changes when the table grows. */
  base: usize = 0;
  rows: u32 = 0;
  private capacity: u32 = 0;

  /** Appends a record of zeros. Its size may be rounded up to eight bytes: there is room behind the last. */
  add(): T {
    if (this.rows == this.capacity) this.grow(this.rows + 1);
    const record = this.base + <usize>this.rows * offsetof<T>();
    // records are short: stores are cheaper than a call of memory.fill
    for (let at: usize = 0; at < offsetof<T>(); at += 8) store<u64>(record + at, 0);
    this.rows++;
    return changetype<T>(record);
  }

  // @ts-ignore: decorator
  @inline
  at(row: u32): T {
    return changetype<T>(this.base + <usize>row * offsetof<T>());
  }

  /** Drops the rows from `rows` on. */
  truncate(rows: u32): void {
    this.rows = rows;
  }

  /** Forgets every row and gives the memory back. */
  clear(): void {
    if (this.base) release(this.base, <usize>this.capacity * offsetof<T>() + 8);
    this.base = 0;
    this.rows = 0;
    this.capacity = 0;
  }

  private grow(least: u32): void {
    const capacity = max<u32>(max<u32>(this.capacity << 1, least), 64);
    const base = allocate(<usize>capacity * offsetof<T>() + 8);
    memory.copy(base, this.base, <usize>this.rows * offsetof<T>());
    if (this.base) release(this.base, <usize>this.capacity * offsetof<T>() + 8);
    this.base = base;
    this.capacity = capacity;
  }
}

/** One number a row: the record of plain lists. */
@unmanaged
export class Cell {
  value: u32;
}
