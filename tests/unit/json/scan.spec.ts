// The pass over the bytes: its lists by hand for small texts, and its two versions against each other for everything else.
// What rows are made of the lists is rows.spec.ts.

import { endAt, quoteAt, resetScan, scan, scanScalar, scanSimd, setLists, unusualAt } from "../../../assembly/json/scan";
import { differAt, room, utf8 } from "../support/bytes";
import { Random } from "../support/random";

const BLOCK: u32 = 64;
const MOST: u32 = 64 * BLOCK;

/** What one version found. Lists may be written a little beyond their end: there is room for it. */
class Found {
  quotes: usize = heap.alloc((MOST + 16) * 4);
  ends: usize = heap.alloc((MOST + 16) * 8);
  unusual: usize = heap.alloc((MOST + 16) * 4);
  quoteBytes: usize = 0;
  endBytes: usize = 0;
  unusualBytes: usize = 0;

  begin(): void {
    setLists(this.quotes, this.ends, this.unusual);
    resetScan();
  }

  end(): void {
    this.quoteBytes = quoteAt - this.quotes;
    this.endBytes = endAt - this.ends;
    this.unusualBytes = unusualAt - this.unusual;
  }

  /** `quotes | newlines:quotes before | unusual` */
  toString(): string {
    let text = "";
    for (let at: usize = 0; at < this.quoteBytes; at += 4) text += load<u32>(this.quotes + at).toString() + " ";
    text += "|";
    for (let at: usize = 0; at < this.endBytes; at += 8) text += " " + load<u32>(this.ends + at).toString() + ":" + load<u32>(this.ends + at, 4).toString();
    text += " |";
    for (let at: usize = 0; at < this.unusualBytes; at += 4) text += " " + load<u32>(this.unusual + at).toString();
    return text;
  }

  same(other: Found): bool {
    if (this.quoteBytes != other.quoteBytes || this.endBytes != other.endBytes || this.unusualBytes != other.unusualBytes) return false;
    if (differAt(this.quotes, other.quotes, this.quoteBytes) >= 0 || differAt(this.ends, other.ends, this.endBytes) >= 0) return false;
    return differAt(this.unusual, other.unusual, this.unusualBytes) < 0;
  }
}

const fast = new Found();
const plain = new Found();
const input = room(MOST);

/** Scans the input with both versions, cut at blocks for the fast one; do they agree? */
function agrees(length: u32, random: Random | null): bool {
  plain.begin();
  scanScalar(input.from, 0, length, plain.quotes);
  plain.end();
  fast.begin();
  let at: u32 = 0;
  while (at < length) {
    const stop = random ? min(length, at + (1 + random.below(5)) * BLOCK) : length;
    scanSimd(input.from, at, stop, fast.quotes);
    at = stop;
  }
  fast.end();
  return fast.same(plain);
}

/** What both versions find in a text, filled up with spaces to whole blocks. */
function found(text: string): string {
  const bytes = utf8(text);
  const length = (<u32>bytes.length + BLOCK - 1) & ~(BLOCK - 1);
  memory.fill(input.from, 0x20, length);
  memory.copy(input.from, bytes.from, bytes.length);
  if (!agrees(length, null)) return "the twins differ";
  const both = plain.toString();
  plain.begin();
  scan(input.from, 0, length, plain.quotes);
  plain.end();
  return plain.toString() == both ? both : "scan() differs";
}

describe("the scan", () => {
  test("finds quotes that stand for themselves", () => {
    expect(found("")).toBe("| |");
    expect(found('{"a":"b"}')).toBe("1 3 5 7 | |");
    expect(found('"a\\"b"')).toBe("0 5 | |");
    expect(found('"a\\\\"')).toBe("0 4 | |");
    expect(found('"a\\\\\\""')).toBe("0 6 | |");
    expect(found('""""')).toBe("0 1 2 3 | |");
  });

  test("finds line feeds, and how many quotes stand before", () => {
    expect(found("\n")).toBe("| 0:0 |");
    expect(found('"a"\n"b"\n\n"')).toBe("0 2 4 6 9 | 3:2 7:4 8:4 |");
    expect(found('"torn\n"a"')).toBe("0 6 8 | 5:1 |");
    expect(found("a\u0085\nb\u2028\n")).toBe("| 3:0 8:0 |");
  });

  test("finds what is escaped, but not quotes, backslashes, n and t", () => {
    expect(found('"\\n\\t\\\\\\""')).toBe("0 9 | |");
    expect(found('"\\/\\b\\f\\r\\u0041\\x"')).toBe("0 17 | | 2 4 6 8 10 16");
    expect(found('"\\N\\T\\é"')).toBe("0 8 | | 2 4 6");
  });

  test("finds control characters that are no line feeds", () => {
    expect(found('"a\tb\0"')).toBe("0 5 | | 2 4");
    expect(found("\r\n\x1f\x7f")).toBe("| 1:0 | 0 2");
  });

  test("ends a row at a line feed behind a backslash", () => {
    expect(found('"a\\\n"b"')).toBe("0 4 6 | 3:1 | 3");
    expect(found('"a\\\\\n"')).toBe("0 5 | 4:1 |");
  });

  test("carries an escape from one block into the next", () => {
    for (let spaces = 60; spaces < 68; spaces++) {
      const before = " ".repeat(spaces);
      const next = (spaces + 1).toString();
      expect(found(before + '\\"')).toBe("| |");
      expect(found(before + '\\\\"')).toBe((spaces + 2).toString() + " | |");
      expect(found(before + '\\\\\\"')).toBe("| |");
      expect(found(before + "\\u")).toBe("| | " + next);
      expect(found(before + "\\\n")).toBe("| " + next + ":0 | " + next);
    }
  });

  test("forgets an escape when it begins anew", () => {
    memory.fill(input.from, 0x20, 64);
    store<u8>(input.from + 63, 0x5c);
    plain.begin();
    scanSimd(input.from, 0, 64, plain.quotes);
    expect(found('"a"')).toBe("0 2 | |");
  });
});

describe("the twins of the scan", () => {
  test("agree on runs of backslashes of every length at every place", () => {
    const behind = '"n\nu';
    let wrong = "";
    for (let run: u32 = 0; run < 140; run++) {
      for (let place: u32 = 0; place < 66; place++) {
        memory.fill(input.from, 0x61, 256);
        memory.fill(input.from + place, 0x5c, run);
        store<u8>(input.from + place + run, <u8>behind.charCodeAt((run + place) & 3));
        if (!agrees(256, null)) wrong = run.toString() + " at " + place.toString();
      }
    }
    expect(wrong).toBe("");
  });

  test("agree on random blocks, cut anywhere", () => {
    const random = new Random(0x5eed0010);
    const alphabets: StaticArray<string> = [
      '"\\\n',
      '\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"',
      '"\\\\\nntu/bfrx a{}',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\\n',
      'abcdefgh"ij,:{}[] "\n',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"',
    ];
    let blocks = 0;
    let wrong = -1;
    for (let round = 0; round < 500; round++) {
      const length = (1 + random.below(random.once(4) ? 63 : 8)) * BLOCK;
      random.fillFrom(unchecked(alphabets[round % alphabets.length]), input.from, length);
      if (!agrees(length, random)) wrong = round;
      blocks += length / BLOCK;
    }
    expect(wrong).toBe(-1, "round");
    expect(blocks).toBeGreaterThan(4000);
  });

  test("agree on noise, high bytes and zeros included", () => {
    const random = new Random(0x5eed0011);
    let wrong = -1;
    for (let round = 0; round < 100; round++) {
      random.fill(input.from, 16 * BLOCK);
      // a byte of which only the low bits are a quote's or a backslash's is neither
      for (let i = 0; i < 200; i++) store<u8>(input.from + random.below(16 * BLOCK), random.oneOf('"\\\n') | (random.once(2) ? 0x80 : 0));
      if (!agrees(16 * BLOCK, random)) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });
});
