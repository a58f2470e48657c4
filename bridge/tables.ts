// Columns the core publishes, read where they lie. A column remembers an address, never a view, so it stays good when
// memory grows; it ends with the family (open or close).
//
// It copies nothing and knows no table's meaning: rows.ts does.

import type { LinearMemory } from "./memory.ts";

/** One column: the value of row r is `width` bytes at `pointer + r * stride`. */
export class Column {
  constructor(
    readonly memory: LinearMemory,
    readonly pointer: number,
    readonly stride: number,
    readonly width: number,
  ) {}

  address(row: number): number {
    return this.pointer + row * this.stride;
  }

  u32(row: number): number {
    return this.memory.u32(this.pointer + row * this.stride);
  }

  /** The `place`th of several numbers that make one value. */
  u32Of(row: number, place: number): number {
    return this.memory.u32(this.pointer + row * this.stride + place * 4);
  }

  i32(row: number): number {
    return this.memory.i32(this.pointer + row * this.stride);
  }

  /** As a number: exact up to 2^53. */
  u64(row: number): number {
    return this.memory.u64(this.pointer + row * this.stride);
  }

  /** As a number: exact between -2^53 and 2^53. */
  i64(row: number): number {
    return this.memory.i64(this.pointer + row * this.stride);
  }

  /** A signed 64-bit value, exact. */
  big(row: number): bigint {
    return this.memory.big(this.pointer + row * this.stride);
  }

  /** The whole value, as lower-case hex. */
  hex(row: number): string {
    return this.memory.hex(this.pointer + row * this.stride, this.width);
  }
}

/** A table as it was described when this was made: `rows` does not follow what the core adds later. */
export class Table {
  readonly rows: number;
  readonly columns: readonly Column[];

  constructor(memory: LinearMemory, address: number) {
    this.rows = memory.u32(address);
    const columns: Column[] = [];
    for (let left = memory.u32(address + 4), at = address + 8; left > 0; left--, at += 12) {
      columns.push(new Column(memory, memory.u32(at), memory.u32(at + 4), memory.u32(at + 8)));
    }
    this.columns = columns;
  }

  column(index: number): Column {
    const column = this.columns[index];
    if (column === undefined) throw new RangeError(`the table has ${this.columns.length} columns, none is ${index}`);
    return column;
  }
}
