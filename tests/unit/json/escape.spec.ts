// UTF-8 to the inside of a JSON string: every byte wherever a block ends, by both versions, and read again by the decoder.

import { escapeScalar, escapeSimd, escapeText, roomForEscaped } from "../../../assembly/json/escape";
import { decodeText } from "../../../assembly/json/text";
import { Bytes, differAt, room, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";

const fast = room(8192);
const plain = room(8192);
const again = room(8192);

/** Length of what both versions make of these bytes, in memory at `plain`; -1 if they differ or do not say the same when read. */
function escapeBoth(bytes: Bytes): i32 {
  const guard = fast.from + roomForEscaped(bytes.length);
  store<u64>(guard, 0x0123456789abcdef);
  const first = escapeSimd(bytes.from, bytes.end, fast.from) - fast.from;
  const second = escapeScalar(bytes.from, bytes.end, plain.from) - plain.from;
  if (first != second || differAt(fast.from, plain.from, first) >= 0 || load<u64>(guard) != 0x0123456789abcdef) return -1;
  const length = decodeText(plain.from, second, again.from);
  return length == bytes.length && differAt(again.from, bytes.from, length) < 0 ? <i32>second : -1;
}

function escaped(text: string): string {
  const length = escapeBoth(utf8(text));
  return length < 0 ? "the twins differ" : textAt(plain.from, length);
}

describe("what stands in a JSON string", () => {
  test("is escaped where it must be, and nowhere else", () => {
    expect(escaped("")).toBe("");
    expect(escaped('say "\\"')).toBe('say \\"\\\\\\"');
    expect(escaped("\b\t\n\f\r\0\x01\x0b\x0e\x1f\x7f/é€😀")).toBe("\\b\\t\\n\\f\\r\\u0000\\u0001\\u000b\\u000e\\u001f\x7f/é€😀");
    const text = utf8("a\n");
    expect(textAt(fast.from, escapeText(text.from, text.end, fast.from) - fast.from)).toBe("a\\n");
  });

  test("is the same wherever a block ends", () => {
    let wrong = "";
    for (let c: u32 = 0; c < 0x80; c++) {
      for (let before = 12; before < 36; before++) {
        const around = "x".repeat(before);
        const text = around + String.fromCharCode(c);
        const said = escaped(text + around);
        if (said != escaped(text) + around || !said.startsWith(around)) wrong = before.toString() + " before " + c.toString();
      }
    }
    expect(wrong).toBe("");
  });

  test("says what it was made of, however much is escaped", () => {
    const random = new Random(0x5eed0043);
    let wrong = -1;
    for (let round = 0; round < 2000; round++) {
      const bytes = room(random.below(random.once(8) ? 1300 : 80));
      random.fillFrom(random.once(2) ? 'abcdefghijklmnopqrstuvwxyz "\\\n' : 'a"\\\n\r\t\b\f\x01\x1f\x7f', bytes.from, bytes.length);
      if (escapeBoth(bytes) < 0) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });
});
