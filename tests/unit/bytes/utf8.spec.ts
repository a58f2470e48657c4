// UTF-8: valid or not, and made valid. A decoder written from the Encoding Standard (support/standard.ts) states what is right;
// the two validators of the core and its repair are held against it. Nothing is said here of what text means.

import { repairUtf8, validUtf8, validUtf8Scalar, validUtf8Simd, wholeCharacters } from "../../../assembly/bytes/utf8";
import { differAt, fromHex, hex, room, utf8 } from "../support/bytes";
import { Random } from "../support/random";
import { beginText, decodeByTheStandard, decodedBytes, decodedLength, decodedValid, writePoint } from "../support/standard";

const repaired = room(16384);

/** Do both validators and the repair agree with the standard? */
function agrees(from: usize, length: usize): bool {
  decodeByTheStandard(from, length);
  if (validUtf8Scalar(from, length) != decodedValid || validUtf8Simd(from, length) != decodedValid) return false;
  if (validUtf8(from, length) != decodedValid) return false;
  const size = repairUtf8(from, length, repaired.from);
  return size == decodedLength && differAt(repaired.from, decodedBytes, size) < 0;
}

function repairOf(digits: string): string {
  const bytes = fromHex(digits);
  return hex(repaired.from, repairUtf8(bytes.from, bytes.length, repaired.from));
}

function expectValid(digits: string, valid: bool): void {
  const bytes = fromHex(digits);
  expect(validUtf8Scalar(bytes.from, bytes.length)).toBe(valid, digits);
  expect(validUtf8Simd(bytes.from, bytes.length)).toBe(valid, digits);
}

const SMILE = fromHex("f0 9f 98 80");

// Bytes at which something changes.
const EDGES = fromHex("00 41 7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 e1 ed ee ef f0 f1 f4 f5 ff");

/** Valid text of any characters; answers its length. */
function fillValid(random: Random, from: usize, limit: usize): usize {
  const ascii = random.below(4);
  beginText();
  while (decodedLength + 4 <= limit) {
    let point: u32 = random.below(0x80);
    if (random.below(4) >= ascii) point = random.once(3) ? random.below(0x110000) : random.once(2) ? random.below(0x10000) : random.below(0x800);
    if (point >= 0xd800 && point < 0xe000) point = 0xe000;
    writePoint(point);
  }
  memory.copy(from, decodedBytes, decodedLength);
  return decodedLength;
}

describe("UTF-8", () => {
  test("is told from what is none", () => {
    expectValid("", true);
    expectValid("00 7f", true);
    expectValid("c2 80", true);
    expectValid("df bf", true);
    expectValid("e0 a0 80", true);
    expectValid("ed 9f bf", true);
    expectValid("ee 80 80", true);
    expectValid("ef bf bf", true);
    expectValid("f0 90 80 80", true);
    expectValid("f4 8f bf bf", true);
    expectValid("80", false);
    expectValid("bf", false);
    expectValid("c0 80", false); // overlong
    expectValid("c1 bf", false);
    expectValid("e0 80 80", false);
    expectValid("e0 9f bf", false);
    expectValid("f0 80 80 80", false);
    expectValid("f0 8f bf bf", false);
    expectValid("ed a0 80", false); // surrogates
    expectValid("ed bf bf", false);
    expectValid("ed a0 bd ed b8 80", false);
    expectValid("f4 90 80 80", false); // too large
    expectValid("f5 80 80 80", false);
    expectValid("ff", false);
    expectValid("fe", false);
    expectValid("c2", false); // truncated
    expectValid("e2 82", false);
    expectValid("f0 9f 98", false);
    expectValid("f0 9f", false);
    expectValid("c2 41", false);
    expectValid("e2 82 41", false);
    expectValid("f0 9f 98 41", false);
    expectValid("c2 80 80", false);
  });

  test("is judged the same at every place of a block", () => {
    const bytes = room(80);
    let wrong = -1;
    for (let place: usize = 0; place < 64; place++) {
      for (let edge: usize = 0; edge < EDGES.length; edge++) {
        memory.fill(bytes.from, 0x61, 80);
        memory.copy(bytes.from + place, SMILE.from, 4);
        if (!agrees(bytes.from, 80) || !agrees(bytes.from, place + 4)) wrong = <i32>place;
        store<u8>(bytes.from + place + 1, load<u8>(EDGES.from + edge));
        if (!agrees(bytes.from, 80)) wrong = <i32>place;
        store<u8>(bytes.from + place + 3, load<u8>(EDGES.from + edge));
        if (!agrees(bytes.from, 80)) wrong = <i32>place;
        for (let cut: usize = 1; cut < 4; cut++) if (!agrees(bytes.from, place + cut)) wrong = <i32>place;
      }
    }
    expect(wrong).toBe(-1, "place");
  });

  test("is judged and repaired as the standard says, in every order of four edges", () => {
    const bytes = room(4);
    const count = <u32>EDGES.length;
    let wrong = -1;
    for (let number: u32 = 0; number < count * count * count * count; number++) {
      let rest = number;
      for (let i: usize = 0; i < 4; i++) {
        store<u8>(bytes.from + i, load<u8>(EDGES.from + (rest % count)));
        rest /= count;
      }
      if (!agrees(bytes.from, 4)) wrong = number;
    }
    expect(wrong).toBe(-1);
  });

  test("is judged and repaired as the standard says, whole and mutated", () => {
    const random = new Random(0x5eed0002);
    const bytes = room(4096);
    let wrong = -1;
    let broken = 0;
    for (let round = 0; round < 3000; round++) {
      const length = fillValid(random, bytes.from, 4 + random.below(random.once(10) ? 2000 : 120));
      if (!agrees(bytes.from, length) || !decodedValid) wrong = round;
      for (let change = random.below(4); change; change--) store<u8>(bytes.from + random.below(<u32>length), <u8>random.next());
      const cut = random.below(<u32>length);
      if (!agrees(bytes.from + cut, length - cut) || !agrees(bytes.from, cut)) wrong = round;
      if (!decodedValid) broken++;
    }
    expect(wrong).toBe(-1, "round");
    expect(broken).toBeGreaterThan(500, "mutations break something");
  });

  test("is judged and repaired as the standard says, of nothing but noise", () => {
    const random = new Random(0x5eed0003);
    const bytes = room(600);
    let wrong = -1;
    for (let round = 0; round < 2000; round++) {
      const length = <usize>random.below(600);
      random.fill(bytes.from, length);
      if (random.once(2)) for (let i: usize = 0; i < length; i++) store<u8>(bytes.from + i, load<u8>(EDGES.from + random.below(<u32>EDGES.length)));
      if (!agrees(bytes.from, length)) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });
});

// By TextDecoder of Node.
describe("repair", () => {
  test("puts one U+FFFD for each part that could have begun a character", () => {
    expect(repairOf("61 ff 62")).toBe("61efbfbd62");
    expect(repairOf("c0 80")).toBe("efbfbdefbfbd");
    expect(repairOf("e2 82")).toBe("efbfbd");
    expect(repairOf("e2 82 41")).toBe("efbfbd41");
    expect(repairOf("e2 e2 82 ac")).toBe("efbfbde282ac");
    expect(repairOf("f0 9f 98")).toBe("efbfbd");
    expect(repairOf("f0 9f 98 41")).toBe("efbfbd41");
    expect(repairOf("f0 9f c2 a9")).toBe("efbfbdc2a9");
    expect(repairOf("ed a0 80")).toBe("efbfbdefbfbdefbfbd");
    expect(repairOf("e0 80 80")).toBe("efbfbdefbfbdefbfbd");
    expect(repairOf("f4 90 80 80")).toBe("efbfbdefbfbdefbfbdefbfbd");
    expect(repairOf("f0 80 80 41")).toBe("efbfbdefbfbdefbfbd41");
    expect(repairOf("80 bf")).toBe("efbfbdefbfbd");
  });

  test("leaves what is valid as it is", () => {
    expect(repairOf("61 c3 a9 e2 82 ac f0 9f 98 80 00")).toBe("61c3a9e282acf09f988000");
    expect(repairOf("ef bb bf 61")).toBe("efbbbf61");
    expect(repairOf("")).toBe("");
  });
});

describe("a cut", () => {
  test("leaves no half character", () => {
    const text = utf8("aé€😀b");
    const cuts: StaticArray<usize> = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11];
    for (let limit = 0; limit < cuts.length; limit++) {
      expect(<u32>wholeCharacters(text.from, text.length, limit)).toBe(<u32>unchecked(cuts[limit]), "limit " + limit.toString());
    }
  });

  test("of text that is short enough leaves it whole", () => {
    const text = utf8("é");
    expect(<u32>wholeCharacters(text.from, 2, 2)).toBe(2);
    expect(<u32>wholeCharacters(text.from, 2, 256)).toBe(2);
    expect(<u32>wholeCharacters(text.from, 0, 0)).toBe(0);
  });

  test("within the first character leaves nothing", () => {
    expect(<u32>wholeCharacters(SMILE.from, 4, 3)).toBe(0);
    expect(<u32>wholeCharacters(SMILE.from, 4, 1)).toBe(0);
  });
});
