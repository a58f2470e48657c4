// What holds the facts: blocks of memory, the arena, and tables that grow.
// It says nothing of what is stored in them, and not how much faster any of it is than what it replaces.

import { clearArena, keep, keepCopy } from "../../../assembly/bytes/arena";
import { allocate, blockBytes, release } from "../../../assembly/bytes/heap";
import { Cell, Strip, Table } from "../../../assembly/bytes/table";
import { heapTop, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";

@unmanaged
class Odd {
  first: u64;
  second: u32;
  third: u64;
  fourth: u32;
  fifth: u32;
}

describe("the heap", () => {
  test("rounds sizes up, by less than twice, and to the same when asked again", () => {
    let before: usize = 0;
    let wrong: usize = 0;
    for (let bytes: usize = 0; bytes < 300000; bytes += bytes < 5000 ? 1 : 331) {
      const size = blockBytes(bytes);
      if (size < bytes || size < 64 || size < before || blockBytes(size) != size || (bytes > 64 && size >= bytes * 2)) wrong = bytes;
      before = size;
    }
    expect(<u32>wrong).toBe(0);
    expect(<u32>blockBytes(0x40000000)).toBe(0x40000000);
  });

  test("hands out what was given back, the last first, to whoever needs that size", () => {
    const size = blockBytes(1000);
    const a = allocate(size);
    const b = allocate(1000);
    expect(a).not.toBe(b);
    release(a, 1000);
    release(b, size);
    const other = allocate(4 * size);
    expect(other == a || other == b).toBe(false, "another size");
    expect(allocate(1000)).toBe(b);
    expect(allocate(size)).toBe(a);
    const fresh = allocate(1000);
    expect(fresh == a || fresh == b).toBe(false, "nothing is left");
  });

  test("never hands out the same bytes twice", () => {
    const random = new Random(0x5eed0005);
    const blocks = new StaticArray<usize>(200);
    const sizes = new StaticArray<usize>(200);
    let wrong = "";
    for (let round = 0; round < 4000; round++) {
      const i = random.below(200);
      const mark = <u8>i;
      if (blocks[i]) {
        for (let at: usize = 0; at < sizes[i]; at++) if (load<u8>(blocks[i] + at) != mark) wrong = "overwritten";
        release(blocks[i], sizes[i]);
        blocks[i] = 0;
      } else {
        sizes[i] = 1 + random.below(random.once(50) ? 300000 : random.once(8) ? 9000 : 600);
        blocks[i] = allocate(sizes[i]);
        if (blocks[i] & 15) wrong = "not aligned";
        memory.fill(blocks[i], mark, sizes[i]);
      }
    }
    expect(wrong).toBe("");
  });

  test("cuts small blocks from a large one that nobody uses, and no other", () => {
    const large = allocate(0x100000);
    const used = allocate(0x100000);
    release(large, 0x100000);
    const top = heapTop();
    let inside = 0;
    for (let i = 0; i < 20; i++) {
      const small = allocate(50000);
      if (small >= large && small + 50000 <= large + 0x100000) inside++;
    }
    const grown = heapTop() - top;
    // what is left of another block, or waits in a list, goes first
    expect(inside).toBeGreaterThan(9);
    expect(grown).toBeLessThan(64, "memory does not grow");
    expect(allocate(0x100000)).not.toBe(large, "it is no large block any more");
    release(used, 0x100000);
  });

  test("takes no block for a block", () => {
    const block = allocate(64);
    release(block, 64);
    release(0, 64);
    expect(allocate(64)).toBe(block);
    expect(<u32>allocate(64)).not.toBe(0);
  });
});

describe("the arena", () => {
  test("keeps copies until it is cleared, however many and long", () => {
    clearArena();
    const text = utf8("kept");
    const first = keepCopy(text.from, 4);
    store<u8>(text.from, 0x78);
    const long = keep(200000);
    memory.fill(long, 0x11, 200000);
    // what others take of the heap lies between the arena's chunks
    const pieces = new StaticArray<usize>(4000);
    for (let i = 0; i < 4000; i++) {
      pieces[i] = i % 50 ? keep(i % 100) : allocate(100);
      memory.fill(pieces[i], <u8>i, i % 100);
    }
    let wrong = -1;
    for (let i = 0; i < 4000; i++) for (let at = 0; at < i % 100; at++) if (load<u8>(pieces[i] + at) != <u8>i) wrong = i;
    expect(wrong).toBe(-1, "piece");
    expect(textAt(first, 4)).toBe("kept");
    expect(load<u8>(long)).toBe(0x11);
    expect(load<u8>(long + 199999)).toBe(0x11);
  });

  test("aligns what it keeps", () => {
    for (let i: usize = 0; i < 40; i++) expect(<u32>keep(i) & 7).toBe(0);
  });

  test("gives its memory back", () => {
    clearArena();
    keep(100);
    const before = heapTop();
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 10; i++) keep(60000);
      keep(1000000);
      clearArena();
    }
    // once what one round needs, never fifty times
    expect(<u32>(heapTop() - before)).toBeLessThan(4 << 20);
  });
});

describe("a table", () => {
  test("keeps its rows while it grows", () => {
    const table = new Table<Odd>();
    for (let i: u32 = 0; i < 5000; i++) {
      const row = table.add();
      expectZero(row);
      row.first = i;
      row.second = i * 3;
      row.third = ~(<u64>i);
      row.fifth = i + 7;
    }
    expect(table.rows).toBe(5000);
    let wrong = -1;
    for (let i: u32 = 0; i < 5000; i++) {
      const row = table.at(i);
      if (row.first != i || row.second != i * 3 || row.third != ~(<u64>i) || row.fourth || row.fifth != i + 7) wrong = i;
    }
    expect(wrong).toBe(-1);
  });

  test("adds zeros where rows were dropped", () => {
    const cells = new Table<Cell>();
    for (let i: u32 = 0; i < 100; i++) cells.add().value = 0xffffffff;
    cells.truncate(41);
    expect(cells.rows).toBe(41);
    for (let i: u32 = 41; i < 100; i++) {
      expect(cells.add().value).toBe(0);
      cells.at(i).value = i;
    }
    for (let i: u32 = 0; i < 100; i++) expect(cells.at(i).value).toBe(i < 41 ? 0xffffffff : i);
  });

  test("forgets its rows and gives its memory back", () => {
    const table = new Table<Odd>();
    fill(table);
    table.clear();
    expect(table.rows).toBe(0);
    const before = heapTop();
    for (let round = 0; round < 50; round++) {
      fill(table);
      table.clear();
    }
    expect(<u32>(heapTop() - before)).toBeLessThan(64);
    expectZero(table.add());
    table.clear();
    table.clear();
  });

  test("keeps its references while it grows", () => {
    const table = new Table<Odd>();
    const first = table.add();
    for (let i = 0; i < 2000; i++) table.add().second = 7;
    first.second = 5;
    expect(table.at(0).second).toBe(5);
  });
});

describe("a strip", () => {
  test("keeps its rows one behind the other while it grows", () => {
    const strip = new Strip<Odd>();
    for (let i: u32 = 0; i < 3000; i++) {
      if (i == 100) strip.reserve(1000);
      const row = strip.add();
      expectZero(row);
      row.first = i;
      row.fifth = ~i;
    }
    let wrong = -1;
    for (let i: u32 = 0; i < 3000; i++) {
      const row = strip.at(i);
      if (changetype<usize>(row) != strip.base + i * offsetof<Odd>() || row.first != i || row.fifth != ~i) wrong = i;
    }
    expect(wrong).toBe(-1);
    strip.clear();
    expect(strip.rows).toBe(0);
    expectZero(strip.add());
  });

  test("stays where it is while there is room", () => {
    const strip = new Strip<Odd>();
    strip.reserve(500);
    const first = strip.add();
    const base = strip.base;
    for (let i = 1; i < 500; i++) strip.add().first = 9;
    strip.reserve(10);
    expect(strip.base).toBe(base);
    first.first = 3;
    expect(strip.at(0).first).toBe(3);
  });
});

function fill(table: Table<Odd>): void {
  for (let i = 0; i < 3000; i++) table.add().first = 1;
}

function expectZero(row: Odd): void {
  if (row.first | row.third | (row.second | row.fourth | row.fifth)) expect(row.first).toBe(0, "a new row is zeros");
}
