// The inside of a JSON string to UTF-8: every escape, wherever a block ends, by both versions of the decoder; then what is
// blank, and names. That escapes are good was seen before (strict.spec.ts); UTF-8 itself is utf8.spec.ts.

import { clearStrings, stringHash, stringLength, stringPointer, strings } from "../../../assembly/bytes/strings";
import { forgetNames, hashText, internText } from "../../../assembly/json/names";
import { decodeScalar, decodeSimd, decodeText, isBlank, isDamaged } from "../../../assembly/json/text";
import { Bytes, differAt, fromHex, hex, room, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";
import { beginText, decodedBytes, decodedLength, writePoint } from "../support/standard";

const fast = room(8192);
const plain = room(8192);

/** What both versions decode these bytes to, in memory at `plain`; -1 if they differ. */
function decodeBoth(from: usize, length: usize): i32 {
  const guard = fast.from + length;
  store<u64>(guard, 0x0123456789abcdef);
  const first = decodeSimd(from, from + length, fast.from);
  const damagedFast = isDamaged(fast.from, first);
  const second = decodeScalar(from, from + length, plain.from);
  const damagedPlain = isDamaged(plain.from, second);
  if (first != second || differAt(fast.from, plain.from, first) >= 0) return -1;
  if (damagedFast != damagedPlain || damagedFast != isDamaged(plain.from, second, true)) return -1;
  if (load<u64>(guard) != 0x0123456789abcdef || first > length) return -1;
  return <i32>second;
}

function decoded(text: string): string {
  const bytes = utf8(text);
  const length = decodeBoth(bytes.from, bytes.length);
  return length < 0 ? "the twins differ" : textAt(plain.from, length);
}

// What can be written, and what each means.
const WRITTEN: StaticArray<string> = [
  '\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\ud83d\\u0041",
  "\\ud83d\\ud83d\\ude00", "\\\\u0041", "é", "a",
];
const MEANT: StaticArray<string> = [
  '"', "\\", "/", "\b", "\f", "\n", "\r", "\t", "A", "é", "€", "😀", "\ufffd", "\ufffd", "\ufffdA", "\ufffd😀", "\\u0041", "é", "a",
];

/** Writes hexadecimal digits in any case; answers the address behind. */
function writeEscaped(unit: u32, random: Random, to: usize): usize {
  store<u16>(to, 0x755c);
  for (let i = 0; i < 4; i++) {
    const digit = (unit >> (12 - 4 * i)) & 15;
    store<u8>(to + 2 + i, <u8>(random.once(2) ? "0123456789abcdef" : "0123456789ABCDEF").charCodeAt(digit));
  }
  return to + 6;
}

/** Writes a random text as a JSON string's inside at `to`; what it means is left in support/standard.ts. Answers its length. */
function writeRandom(random: Random, to: usize, limit: usize): usize {
  const first = to;
  const often = 1 + random.below(random.once(2) ? 4 : 60);
  let lone = false;
  beginText();
  while (<usize>(to - first) + 12 < limit) {
    let point: u32 = 0x20 + random.below(0x5f);
    if (random.once(3)) point = random.once(2) ? random.below(0x110000) : random.below(0x900);
    const short = point < 0x80 ? '"\\/\b\f\n\r\t'.indexOf(String.fromCharCode(point)) : -1;
    if (point >= 0xd800 && point < 0xe000) {
      // half of a pair: never a high one before a low one
      if (point >= 0xdc00 && lone) point -= 0x400;
      lone = point < 0xdc00;
      to = writeEscaped(point, random, to);
      writePoint(0xfffd);
      continue;
    }
    lone = false;
    writePoint(point);
    if (short >= 0 && (point < 0x20 || point == 0x22 || point == 0x5c || random.once(2)) && !random.once(4)) {
      store<u8>(to++, 0x5c);
      store<u8>(to++, <u8>'"\\/bfnrt'.charCodeAt(short));
    } else if (point < 0x20 || point == 0x22 || point == 0x5c || random.once(often)) {
      if (point < 0x10000) to = writeEscaped(point, random, to);
      else to = writeEscaped(0xdc00 + ((point - 0x10000) & 0x3ff), random, writeEscaped(0xd800 + ((point - 0x10000) >> 10), random, to));
    } else {
      const size: usize = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      memory.copy(to, decodedBytes + decodedLength - size, size);
      to += size;
    }
  }
  return to - first;
}

describe("text", () => {
  test("has every escape", () => {
    for (let i = 0; i < WRITTEN.length; i++) expect(decoded(unchecked(WRITTEN[i]))).toBe(unchecked(MEANT[i]));
    expect(decoded("")).toBe("");
    expect(decoded("\\u0000\\u007f\\u0080\\u07ff\\u0800\\ud7ff\\ue000\\uffff")).toBe("\0\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff");
    expect(decoded("\\ud800\\udc00\\udbff\\udfff\\uDBFF\\uDFFF")).toBe("\u{10000}\u{10ffff}\u{10ffff}");
  });

  test("has halves of pairs where the other is not the next", () => {
    expect(decoded("\\ud83dx\\ude00")).toBe("\ufffdx\ufffd");
    expect(decoded("\\ud83d\\\\ude00")).toBe("\ufffd\\ude00");
    expect(decoded("\\ud83d\\n\\ude00")).toBe("\ufffd\n\ufffd");
    expect(decoded("\\ude00\\ud83d")).toBe("\ufffd\ufffd");
    expect(decoded("\\ud83d\\ud83d")).toBe("\ufffd\ufffd");
  });

  test("does not look beyond its end for the other half", () => {
    const bytes = utf8("\\ud83d\\ude00");
    expect(decodeBoth(bytes.from, 6)).toBe(3);
    expect(hex(plain.from, 3)).toBe("efbfbd");
  });

  test("has its escapes wherever a block ends", () => {
    let wrong = "";
    for (let first = 0; first < WRITTEN.length; first++) {
      for (let second = 0; second < WRITTEN.length; second++) {
        const written = unchecked(WRITTEN[first]) + unchecked(WRITTEN[second]);
        if (written.endsWith("\\ud83d\\ude00") && second == 13) continue; // two halves that are a pair
        const meant = unchecked(MEANT[first]) + unchecked(MEANT[second]);
        for (let before = 50; before < 66; before++) {
          const around = "x".repeat(before);
          if (decoded(around + written + around) != around + meant + around) wrong = before.toString() + written;
        }
      }
    }
    expect(wrong).toBe("");
  });

  test("of nothing but escapes fills many blocks", () => {
    for (let i = 0; i < WRITTEN.length; i++) {
      expect(decoded(unchecked(WRITTEN[i]).repeat(100))).toBe(unchecked(MEANT[i]).repeat(100));
      expect(decoded("-" + unchecked(WRITTEN[i]).repeat(99))).toBe("-" + unchecked(MEANT[i]).repeat(99));
    }
  });

  test("is what was meant, however it was written", () => {
    const random = new Random(0x5eed0040);
    const bytes = room(4096);
    let wrong = -1;
    for (let round = 0; round < 3000; round++) {
      const length = writeRandom(random, bytes.from, 16 + random.below(random.once(8) ? 3000 : 300));
      const size = decodeBoth(bytes.from, length);
      if (size != <i32>decodedLength || differAt(plain.from, decodedBytes, decodedLength) >= 0) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });

  test("of bytes that are no UTF-8 comes through as it is, and is told", () => {
    const random = new Random(0x5eed0041);
    const bytes = room(600);
    let wrong = -1;
    for (let round = 0; round < 1000; round++) {
      const length = <usize>random.below(600);
      random.fill(bytes.from, length);
      for (let i: usize = 0; i < length; i++) if (load<u8>(bytes.from + i) == 0x5c || !random.once(4)) store<u8>(bytes.from + i, 0x61);
      if (decodeBoth(bytes.from, length) != <i32>length || differAt(plain.from, bytes.from, length) >= 0) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
    const long = utf8("x".repeat(200));
    for (let place: usize = 0; place < 200; place++) {
      store<u8>(long.from + place, 0xff);
      if (decodeBoth(long.from, 200) != 200 || !isDamaged(plain.from, 200)) wrong = <i32>place;
      store<u8>(long.from + place, 0x78);
      if (decodeBoth(long.from, 200) != 200 || isDamaged(plain.from, 200)) wrong = <i32>place;
    }
    expect(wrong).toBe(-1, "place");
  });

  test("is decoded by decodeText()", () => {
    const bytes = utf8("a\\n\\u00e9");
    expect(textAt(fast.from, decodeText(bytes.from, bytes.length, fast.from))).toBe("a\né");
  });
});

function blank(text: string): bool {
  const bytes = utf8(text);
  return isBlank(bytes.from, bytes.end);
}

describe("blank text", () => {
  test("is spaces, tabs and line breaks", () => {
    expect(blank("") && blank(" ") && blank("\\n") && blank("\\r\\n\\t  \\n")).toBe(true);
    expect(blank("a") || blank(" a") || blank("\\n\\na") || blank("\\\\n") || blank("\\b") || blank("\\f")).toBe(false);
    expect(blank("\u00a0") || blank("\\u00a0") || blank("\\u0000") || blank("\\/") || blank('\\"')).toBe(false);
  });

  test("is the same written with its numbers", () => {
    expect(blank("\\u0020") && blank("\\u0009\\u000a\\u000D") && blank(" \\u000A\\n")).toBe(true);
    expect(blank("\\u0020a") || blank("\\u0021") || blank("\\u2020") || blank("\\u0a00")).toBe(false);
  });
});

function internWritten(bytes: Bytes): u32 {
  return internText(bytes.from, bytes.end);
}

describe("names", () => {
  beforeEach(() => {
    clearStrings();
    forgetNames();
  });

  test("are what is meant, not what is written", () => {
    const plainly = internWritten(utf8("caf\u00e9"));
    expect(internWritten(utf8("caf\\u00e9"))).toBe(plainly);
    expect(internWritten(utf8("\\u0063a\\u0066\\u00E9"))).toBe(plainly);
    expect(internWritten(utf8("cafe"))).not.toBe(plainly);
    expect(textAt(stringPointer(plainly), stringLength(plainly))).toBe("café");
    expect(internWritten(utf8(""))).toBe(0);
  });

  test("are made valid", () => {
    const id = internWritten(fromHex("61 ff 62"));
    expect(textAt(stringPointer(id), stringLength(id))).toBe("a\ufffdb");
    expect(internWritten(utf8("a\\ud800b"))).toBe(id);
    expect(internWritten(utf8("a\ufffdb"))).toBe(id);
    // bytes are judged eight at once, then one by one
    for (let place = 0; place < 20; place++) {
      const before = "a".repeat(place);
      const behind = "b".repeat(19 - place);
      const damaged = utf8(before + "?" + behind);
      store<u8>(damaged.from + place, 0xff);
      expect(internWritten(damaged)).toBe(internWritten(utf8(before + "\ufffd" + behind)), place.toString());
      expect(internWritten(utf8(before + "\\ud800" + behind))).toBe(internWritten(damaged), place.toString());
    }
  });

  test("have the hash that they would have without a number", () => {
    for (let i = 0; i < 4; i++) {
      const written = i == 0 ? utf8("a-1") : i == 1 ? utf8("\\u0061-1") : i == 2 ? fromHex("61 ff 62") : utf8("");
      const hash = hashText(written.from, written.end);
      expect(hash).toBe(stringHash(internWritten(written)));
    }
  });

  test("are the same again, and only then", () => {
    const id = internWritten(utf8("claude"));
    expect(id).not.toBe(0);
    expect(internWritten(utf8("claude"))).toBe(id);
    const other = internWritten(utf8("claud\u00e9"));
    expect(other).not.toBe(id);
    expect(internWritten(utf8("claud\u00e9"))).toBe(other);
    expect(internWritten(utf8("claude"))).toBe(id);
    expect(internWritten(utf8(""))).toBe(0);
    expect(internWritten(utf8("claud"))).not.toBe(id);
  });

  test("are told apart where only their middles differ, and by all of a short one", () => {
    // both ends are what is remembered of a name
    const first = internWritten(utf8("12345678a12345678"));
    const second = internWritten(utf8("12345678b12345678"));
    expect(first).not.toBe(second);
    expect(internWritten(utf8("12345678a12345678"))).toBe(first);
    expect(internWritten(utf8("12345678b12345678"))).toBe(second);
    const text = "abcdefgh";
    for (let length = 1; length <= 8; length++) {
      const id = internWritten(utf8(text.substring(0, length)));
      expect(internWritten(utf8(text.substring(0, length)))).toBe(id);
      expect(textAt(stringPointer(id), stringLength(id))).toBe(text.substring(0, length));
    }
  });

  // One in 256 of these shares the place where names asked for lately are kept with what it begins.
  test("are told apart from those that they begin", () => {
    let wrong = "";
    for (let i = 0; i < 2000; i++) {
      const long = "name-" + i.toString();
      const id = internWritten(utf8(long));
      if (internWritten(utf8(long.substr(0, long.length - 1))) == id || internWritten(utf8(long)) != id) wrong += long + " ";
    }
    expect(wrong).toBe("");
  });

  // `x\\n` means a backslash and an n; `x\n`, written with the very bytes the other means, a line break. One in 256 of these shares the place
  // where names asked for lately are kept.
  test("are not the same again if only their bytes are", () => {
    let wrong = "";
    for (let i = 0; i < 2000; i++) {
      const name = "longer-than-both-ends-" + i.toString();
      const escaped = utf8(name + "\\\\n");
      const id = internWritten(escaped);
      const other = internWritten(utf8(name + "\\n"));
      const is = textAt(stringPointer(id), stringLength(id)) == name + "\\n" && textAt(stringPointer(other), stringLength(other)) == name + "\n";
      if (!is || internWritten(escaped) != id) wrong += name + " ";
    }
    expect(wrong).toBe("");
    expect(strings.rows).toBe(4001);
  });

  test("are forgotten with the strings", () => {
    for (let i = 0; i < 5; i++) internWritten(utf8("name-" + i.toString()));
    clearStrings();
    forgetNames();
    expect(internWritten(utf8("other"))).toBe(1);
    expect(internWritten(utf8("name-4"))).toBe(2);
  });
});
