// Growable lists of plain records, addressed by index: the arenas of the core. A record is an @unmanaged class.
// Table keeps them in chunks: growing copies nothing, and a reference stays good until clear().
// Strip keeps them in one stretch, for what hosts read in place: its references hold until the next add().

import { allocate, release } from "./heap";

const SHIFT: u32 = 8;
const ROWS: u32 = 1 << SHIFT;

/** What a table is, whatever its records: the same code for all of them. */
class Chunks {
  rows: u32 = 0;
  /** Addresses of the chunks. */
  protected directory: usize = 0;
  private chunks: u32 = 0;
  private room: u32 = 0;

  /** Bytes from one record to the next. */
  constructor(private stride: usize) {}

  /** The chunk of the row behind the last one. */
  protected grow(): void {
    if (this.rows >> SHIFT < this.chunks) return;
    if (this.chunks == this.room) {
      const room = max<u32>(this.room << 1, 16);
      const directory = allocate(room << 2);
      memory.copy(directory, this.directory, this.room << 2);
      release(this.directory, this.room << 2);
      this.directory = directory;
      this.room = room;
    }
    store<u32>(this.directory + (this.chunks++ << 2), <u32>allocate(<usize>ROWS * this.stride));
  }

  /** Forgets every row and gives the memory back. */
  clear(): void {
    for (let i: u32 = 0; i < this.chunks; i++) release(load<u32>(this.directory + (i << 2)), <usize>ROWS * this.stride);
    release(this.directory, this.room << 2);
    this.rows = 0;
    this.directory = 0;
    this.chunks = 0;
    this.room = 0;
  }
}

export class Table<T> extends Chunks {
  constructor() {
    super(<usize>(offsetof<T>() + 7) & ~7);
  }

  /** Appends a record of zeros. */
  add(): T {
    if (!(this.rows & (ROWS - 1))) this.grow();
    const record = this.at(this.rows++);
    // records are short: stores are cheaper than a call of memory.fill
    for (let at: usize = 0; at < <usize>offsetof<T>(); at += 8) store<u64>(changetype<usize>(record) + at, 0);
    return record;
  }

  /** A call, though it is short: there are five hundred of them. */
  at(row: u32): T {
    return changetype<T>(<usize>load<u32>(this.directory + ((row >> SHIFT) << 2)) + <usize>(row & (ROWS - 1)) * ((<usize>offsetof<T>() + 7) & ~7));
  }

  /** Drops the rows from `rows` on. */
  // @ts-ignore: decorator
  @inline
  truncate(rows: u32): void {
    this.rows = rows;
  }
}

export class Strip<T> {
  /** Address of row 0; changes when the strip grows. */
  base: usize = 0;
  rows: u32 = 0;
  private capacity: u32 = 0;

  /** Makes room for `rows` in all, so that adding them copies nothing. */
  reserve(rows: u32): void {
    if (rows <= this.capacity) return;
    const base = allocate(<usize>rows * offsetof<T>());
    memory.copy(base, this.base, <usize>this.rows * offsetof<T>());
    release(this.base, <usize>this.capacity * offsetof<T>());
    this.base = base;
    this.capacity = rows;
  }

  /** Appends a record of zeros. */
  add(): T {
    if (this.rows == this.capacity) this.reserve(max<u32>(this.capacity << 1, 64));
    const record = this.base + <usize>(this.rows++) * offsetof<T>();
    memory.fill(record, 0, offsetof<T>());
    return changetype<T>(record);
  }

  // @ts-ignore: decorator
  @inline
  at(row: u32): T {
    return changetype<T>(this.base + <usize>row * offsetof<T>());
  }

  /** Forgets every row and gives the memory back. */
  clear(): void {
    release(this.base, <usize>this.capacity * offsetof<T>());
    this.base = 0;
    this.rows = 0;
    this.capacity = 0;
  }
}

/** One number a row: the record of plain lists. */
@unmanaged
export class Cell {
  value: u32;
}
