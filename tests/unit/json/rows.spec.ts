// Bytes to rows: any cutting of a document gives the same rows, with the same quotes, at the same places. Which bytes are
// quotes is the scan's business (scan.spec.ts), what a row says the cursor's.

import { WINDOW_BYTES } from "../../../assembly/abi/layout";
import { allocate } from "../../../assembly/bytes/heap";
import {
  addressOf,
  beginRows,
  joinRows,
  keepRest,
  nextRow,
  offsetOf,
  pushRows,
  reserveRows,
  rowBase,
  rowEnd,
  rowFault,
  rowQuotes,
  rowQuotesEnd,
  rowStart,
  rowTerminated,
  shrinkRows,
} from "../../../assembly/json/rows";
import { beginKeeping, keeping, placeOf } from "../../../assembly/json/window";
import { Bytes, differAt, hex, heapTop, repeated, room, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";
import { rowOfBytes } from "../support/row";

/** `offset:bytes` of the current row, its end (`$` line feed, `.` none), its quotes, and its first fault; all of it in the document. */
function describeRow(): string {
  const from = rowStart;
  let text = offsetOf(from).toString() + ":" + textAt(from, rowEnd - from) + (rowTerminated ? "$" : ".");
  for (let at = rowQuotes; at < rowQuotesEnd; at += 4) text += " " + offsetOf(rowBase + load<u32>(at)).toString();
  if (rowFault) text += " bad " + offsetOf(rowFault).toString();
  if (addressOf(offsetOf(from)) != from) text += " misplaced";
  return text + "\n";
}

function feed(from: usize, length: usize): void {
  memory.copy(reserveRows(<u32>length), from, length);
  pushRows(<u32>length, false);
}

function takeRows(last: bool): string {
  let text = "";
  while (nextRow(last)) text += describeRow();
  keepRest();
  return text;
}

/** The rows of a document fed in pieces of so many bytes; the first may be shorter. */
function rowsOf(bytes: Bytes, piece: usize, first: usize = 0): string {
  let text = "";
  beginRows();
  for (let at: usize = 0; at < bytes.length; ) {
    const size = min(bytes.length - at, at || !first ? piece : first);
    feed(bytes.from + at, size);
    text += takeRows(false);
    at += size;
  }
  pushRows(0, true);
  return text + takeRows(true);
}

/** The rows of a text, if every cutting gives the same. */
function rows(text: string): string {
  const bytes = utf8(text);
  const whole = rowsOf(bytes, bytes.length ? bytes.length : 1);
  for (let piece: usize = 1; piece < bytes.length; piece++) {
    const cut = rowsOf(bytes, piece);
    if (cut != whole) return "in pieces of " + piece.toString() + ": " + cut;
    const twice = rowsOf(bytes, bytes.length, piece);
    if (twice != whole) return "cut at " + piece.toString() + ": " + twice;
  }
  return whole;
}

// Three windows and more: a quote every thousand bytes, and a line feed.
const LONG: usize = 3 * WINDOW_BYTES + 777;

function longRow(): Bytes {
  const bytes = repeated(0x61, LONG);
  for (let at: usize = 0; at < LONG; at += 1000) store<u8>(bytes.from + at, 0x22);
  store<u8>(bytes.end - 1, 0x0a);
  return bytes;
}

function feedLong(piece: Bytes): void {
  beginRows();
  for (let i = 0; i < 128; i++) feed(piece.from, piece.length);
}

// Documents of a family; of the first, rows are read while others are still to come.
const first = utf8('{"a":"' + "x".repeat(100) + '"}\n{"b":"' + "y".repeat(150) + '"}\n{"c":1}');
const second = utf8('"\\n"\n{"c":[]}\n');

function countQuotes(): u32 {
  return <u32>(rowQuotesEnd - rowQuotes) >> 2;
}

describe("rows", () => {
  test("of nothing leave memory as it is", () => {
    const before = hex(16, 64);
    beginRows();
    pushRows(0, true);
    expect(nextRow(true)).toBe(false);
    expect(hex(16, 64)).toBe(before);
  });
  test("end at line feeds, and the last one where the document does", () => {
    expect(rows("")).toBe("");
    expect(rows("a")).toBe("0:a.\n");
    expect(rows("a\n")).toBe("0:a$\n");
    expect(rows("\n")).toBe("0:$\n");
    expect(rows("a\nb")).toBe("0:a$\n2:b.\n");
    expect(rows("\n\na\r\n\n")).toBe("0:$\n1:$\n2:a\r$\n5:$\n");
  });

  test("know their quotes, however the document is cut", () => {
    expect(rows('{"a":"b"}\n{}\n{"c":"\\"d\\\\"}')).toBe('0:{"a":"b"}$ 1 3 5 7\n10:{}$\n13:{"c":"\\"d\\\\"}. 14 16 18 24\n');
    expect(rows('"torn\n"a"\n"')).toBe('0:"torn$ 0\n6:"a"$ 6 8\n10:". 10\n');
  });

  test("find a bad escape, the first of a row", () => {
    expect(rows('"\\n\\t\\"\\\\\\/\\b\\f\\r\\u0041"')).toBe('0:"\\n\\t\\"\\\\\\/\\b\\f\\r\\u0041". 0 23\n');
    expect(rows('"\\x\\y"\n"\\n"\n"a\\é"')).toBe('0:"\\x\\y"$ 0 5 bad 2\n7:"\\n"$ 7 10\n12:"a\\é". 12 17 bad 15\n');
    expect(rows('"\\U"\n"\\N"\n"\\0"\n"\\ "')).toBe('0:"\\U"$ 0 3 bad 2\n5:"\\N"$ 5 8 bad 7\n10:"\\0"$ 10 13 bad 12\n15:"\\ ". 15 18 bad 17\n');
    expect(rows('"\\uaF09"\n"\\u00g0"\n"\\u004"')).toBe('0:"\\uaF09"$ 0 7\n9:"\\u00g0"$ 9 16 bad 11\n18:"\\u004". 18 24 bad 20\n');
  });

  // Four digits are judged at once: each byte in each of their places, beside good ones.
  test("find what is no hexadecimal digit", () => {
    let wrong = "";
    for (let place = 0; place < 4; place++) {
      for (let c = 0; c < 256; c++) {
        if (c == 0x0a || c == 0x22 || c == 0x5c) continue;
        const text = utf8('"\\u09aF"\n');
        store<u8>(text.from + 3 + place, <u8>c);
        rowOfBytes(text);
        const good = (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
        if ((rowFault == 0) != good) wrong += place.toString() + ":" + c.toString() + " ";
      }
    }
    expect(wrong).toBe("");
  });

  test("find a raw control character in a string", () => {
    expect(rows('"\t"\n\t"a"\r\n"\x1f\x7f"')).toBe('0:"\t"$ 0 2 bad 1\n4:\t"a"\r$ 5 7\n10:"\x1f\x7f". 10 13 bad 11\n');
    expect(rows('"a\\"\r"\n"\\\\"\r\n')).toBe('0:"a\\"\r"$ 0 5 bad 4\n7:"\\\\"\r$ 7 10\n');
  });

  test("end at a line feed behind a backslash, which escapes nothing of the next row", () => {
    expect(rows('"a\\\n"b"\n')).toBe('0:"a\\$ 0\n4:"b"$ 4 6\n');
    expect(rows('"a\\')).toBe('0:"a\\. 0\n');
    expect(rows('"a\\\n')).toBe('0:"a\\$ 0\n');
  });

  test("end anywhere in a block", () => {
    for (let length = 60; length < 70; length++) {
      const name = "x".repeat(length - 2);
      const one = '"' + name + '"';
      const next = length.toString();
      const last = (length - 1).toString();
      expect(rowsOf(utf8(one), 1000)).toBe("0:" + one + ". 0 " + last + "\n");
      expect(rowsOf(utf8(one + "\n"), 1000)).toBe("0:" + one + "$ 0 " + last + "\n");
      expect(rowsOf(utf8(one + "\n\n"), 7)).toBe("0:" + one + "$ 0 " + last + "\n" + (length + 1).toString() + ":$\n");
      expect(rowsOf(utf8(name + "\\\n"), 1000)).toBe("0:" + name + "\\$\n");
      expect(rowsOf(utf8(one + '"'), 1000)).toBe("0:" + one + '". 0 ' + last + " " + next + "\n");
    }
  });

  test("are the same for every cutting of random documents", () => {
    const random = new Random(0x5eed0020);
    const bytes = room(2000);
    let wrong = -1;
    for (let round = 0; round < 120; round++) {
      bytes.length = 1 + random.below(random.once(5) ? 1500 : 200);
      random.fillFrom(round & 1 ? '"\\\nux' : 'aaaaaaaaaaaa"a\\aaaa\naaantu/:,{}', bytes.from, bytes.length);
      const whole = rowsOf(bytes, bytes.length);
      for (let i = 0; i < 6; i++) if (rowsOf(bytes, 1 + random.below(130), random.below(100)) != whole) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });

  test("never wait for bytes that are not needed, nor come before theirs are there", () => {
    const bytes = utf8('{"a":1}\n{"b":2}\n' + " ".repeat(128));
    beginRows();
    feed(bytes.from, 7);
    expect(nextRow(false)).toBe(false, "no line feed was there");
    keepRest();
    feed(bytes.from + 7, 121);
    expect(nextRow(false)).toBe(true);
    expect(describeRow()).toBe('0:{"a":1}$ 1 3\n');
    expect(nextRow(false)).toBe(true);
    expect(describeRow()).toBe('8:{"b":2}$ 9 11\n');
    expect(nextRow(false)).toBe(false);
  });
});

describe("a document", () => {
  test("begins anew, whatever the one before left behind", () => {
    const torn = utf8('{"a":"torn \\');
    const bytes = utf8('"a"\n');
    beginRows();
    feed(torn.from, torn.length);
    expect(rowsOf(bytes, 4)).toBe('0:"a"$ 0 2\n');
    beginRows();
    feed(torn.from, torn.length);
    pushRows(0, true);
    expect(nextRow(true)).toBe(true);
    expect(rowsOf(bytes, 1)).toBe('0:"a"$ 0 2\n');
  });

  test("can be one row, line feeds and all", () => {
    const bytes = utf8('{\n  "a": "b\\\nc"\n}\n');
    beginRows();
    feed(bytes.from, bytes.length);
    pushRows(0, true);
    joinRows();
    expect(takeRows(true)).toBe('0:{   "a": "b\\ c" } . 4 6 9 14 bad 12\n');
  });
});

describe("documents that are kept", () => {
  test("lie one behind the other, and their rows are those of any document", () => {
    const alone = [rowsOf(first, 1000), rowsOf(second, 1000)];
    for (let piece: usize = 1; piece < 130; piece += 43) {
      beginKeeping(1 << 16);
      expect(rowsOf(first, piece)).toBe(alone[0]);
      expect(rowsOf(second, piece)).toBe(alone[1]);
      expect(keeping).toBe(true);
      expect(differAt(placeOf(0), first.from, first.length)).toBe(-1, "of the first");
      expect(differAt(placeOf(1), second.from, second.length)).toBe(-1, "of the second");
      beginKeeping(0);
    }
  });

  test("are all let go where one more byte would be too many, between two rows or within one", () => {
    const alone = rowsOf(first, 1000);
    // What stands behind a document counts, too: it may be read.
    for (let most: u32 = 128; most <= 128 + <u32>first.length; most++) {
      beginKeeping(most);
      expect(rowsOf(first, 1)).toBe(alone);
      expect(keeping).toBe(most == 128 + <u32>first.length);
      beginKeeping(0);
    }
    beginKeeping(512);
    rowsOf(first, 1000);
    expect(rowsOf(longRow(), 50000).length).toBeGreaterThan(LONG);
    expect(keeping).toBe(false);
    expect(rowsOf(second, 3)).toBe(rowsOf(second, 1000));
    beginKeeping(0);
  });

  test("are forgotten with their family", () => {
    beginKeeping(1 << 16);
    rowsOf(first, 1000);
    beginKeeping(1 << 16);
    rowsOf(second, 1000);
    expect(differAt(placeOf(0), second.from, second.length)).toBe(-1);
    beginKeeping(0);
  });
});

describe("a long row", () => {
  test("grows the window, and rows before and behind stay what they are", () => {
    const bytes = longRow();
    const short = utf8('{"a":1}\n');
    beginRows();
    feed(short.from, short.length);
    feed(bytes.from, 100);
    expect(takeRows(false)).toBe('0:{"a":1}$ 1 3\n');
    for (let at: usize = 100; at < LONG; at += 50000) {
      expect(nextRow(false)).toBe(false);
      keepRest();
      feed(bytes.from + at, min<usize>(50000, LONG - at));
    }
    feed(short.from, short.length);
    feed(repeated(0x20, 64).from, 64);
    expect(nextRow(false)).toBe(true);
    expect(offsetOf(rowStart)).toBe(8);
    expect(<u32>(rowEnd - rowStart)).toBe(<u32>LONG - 1);
    expect(countQuotes()).toBe(<u32>((LONG + 999) / 1000));
    expect(differAt(rowStart, bytes.from, LONG)).toBe(-1, "byte");
    let wrong = -1;
    for (let i: usize = 0; i < countQuotes(); i++) if (rowBase + load<u32>(rowQuotes + (i << 2)) != rowStart + i * 1000) wrong = <i32>i;
    expect(wrong).toBe(-1, "quote");
    const next = <u32>LONG + 8;
    expect(takeRows(false)).toBe(`${next}:{"a":1}$ ${next + 1} ${next + 3}\n`);
  });

  test("of quotes and escapes alone has room for all of them, and a window for as many rows as bytes", () => {
    const bytes = room(WINDOW_BYTES);
    for (let at: usize = 0; at < bytes.length; at += 4) store<u32>(bytes.from + at, 0x22785c22); // "\x"
    beginRows();
    feed(bytes.from, bytes.length);
    pushRows(0, true);
    expect(nextRow(true)).toBe(true);
    expect(countQuotes()).toBe(WINDOW_BYTES / 2);
    expect(rowFault).toBe(rowStart + 2);
    memory.fill(bytes.from, 0x0a, bytes.length);
    beginRows();
    feed(bytes.from, bytes.length);
    let count = 0;
    while (nextRow(false)) if (rowEnd == rowStart) count++;
    expect(count).toBe(WINDOW_BYTES);
  });

  test("costs memory in proportion, and a window made large is given back", () => {
    const piece = repeated(0x61, 65536);
    shrinkRows();
    const before = heapTop();
    feedLong(piece);
    // eight megabytes, doubled on the way there
    expect(<u32>(heapTop() - before)).toBeLessThan(40 << 20);
    pushRows(0, true);
    expect(nextRow(true)).toBe(true);
    expect(<u32>(rowEnd - rowStart)).toBe(128 * 65536);
    shrinkRows();
    const after = heapTop();
    for (let round = 0; round < 4; round++) {
      feedLong(piece);
      shrinkRows();
    }
    allocate(9 << 20);
    expect(<u32>(heapTop() - after)).toBeLessThan(1024);
    expect(rowsOf(utf8('"a"\n'), 4)).toBe('0:"a"$ 0 2\n');
  });
});
