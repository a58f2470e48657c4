// Base64 against its published vectors, and its two decoders against each other. What happens to content that is no base64
// is decided by whoever asked (otlp/values.ts).

import { decodeBase64, decodeBase64Scalar } from "../../../assembly/bytes/base64";
import { Bytes, differAt, hex, room, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const fast = room(4096);
const plain = room(4096);

/** What both decoders say: bytes as hexadecimal, "none" if it is no base64. */
function decoded(text: string): string {
  const bytes = utf8(text);
  const size = decodeBase64(bytes.from, bytes.length, fast.from);
  const again = decodeBase64Scalar(bytes.from, bytes.length, plain.from);
  if (size != again) return "the twins differ";
  if (size < 0) return size == -1 ? "none" : "a strange size";
  return differAt(fast.from, plain.from, size) < 0 ? hex(fast.from, size) : "the twins differ";
}

/** Writes bytes as base64, the obvious way; answers the characters written. */
function encode(from: usize, length: usize, to: usize, padded: bool): usize {
  const first = to;
  for (let i: usize = 0; i < length; i += 3) {
    const left = length - i;
    const three = (<u32>load<u8>(from + i) << 16) | (left > 1 ? <u32>load<u8>(from + i + 1) << 8 : 0) | (left > 2 ? <u32>load<u8>(from + i + 2) : 0);
    for (let six: u32 = 0; six < 4; six++) {
      const used = six <= <u32>min<usize>(left, 3);
      if (used) store<u8>(to++, <u8>ALPHABET.charCodeAt((three >> (18 - 6 * six)) & 63));
      else if (padded) store<u8>(to++, 0x3d);
    }
  }
  return to - first;
}

/** Do both decoders find nothing in these bytes? */
function isNone(bytes: Bytes): bool {
  return decodeBase64(bytes.from, bytes.length, fast.from) == -1 && decodeBase64Scalar(bytes.from, bytes.length, plain.from) == -1;
}

describe("base64", () => {
  test("reads the vectors of RFC 4648", () => {
    expect(decoded("")).toBe("");
    expect(decoded("Zg==")).toBe("66");
    expect(decoded("Zm8=")).toBe("666f");
    expect(decoded("Zm9v")).toBe("666f6f");
    expect(decoded("Zm9vYg==")).toBe("666f6f62");
    expect(decoded("Zm9vYmE=")).toBe("666f6f6261");
    expect(decoded("Zm9vYmFy")).toBe("666f6f626172");
    expect(decoded("SGVsbG8sIHdvcmxkISBUaGlzIGlzIG1vcmUgdGhhbiBzaXh0ZWVuLg==")).toBe(
      "48656c6c6f2c20776f726c64212054686973206973206d6f7265207468616e207369787465656e2e",
    );
  });

  test("needs no padding, but wants all of it or none", () => {
    expect(decoded("Zg")).toBe("66");
    expect(decoded("Zm8")).toBe("666f");
    expect(decoded("Zg=")).toBe("none");
    expect(decoded("Zg===")).toBe("none");
    expect(decoded("Zm8==")).toBe("none");
    expect(decoded("Zm9v=")).toBe("none");
    expect(decoded("Zm9v==")).toBe("none");
    expect(decoded("Zm9v====")).toBe("none");
    expect(decoded("=")).toBe("none");
    expect(decoded("==")).toBe("none");
    expect(decoded("====")).toBe("none");
    expect(decoded("Z")).toBe("none");
    expect(decoded("Z===")).toBe("none");
    expect(decoded("Zm9vY")).toBe("none");
    expect(decoded("Zg==Zg==")).toBe("none");
    expect(decoded("Z=g=")).toBe("none");
  });

  test("does not look at bits that make no byte", () => {
    expect(decoded("Zh==")).toBe("66");
    expect(decoded("Zm9")).toBe("666f");
  });

  test("reads the whole alphabet", () => {
    expect(decoded(ALPHABET)).toBe(
      "00108310518720928b30d38f41149351559761969b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3dfbf",
    );
  });

  // Each of the 256 bytes at each place of a block of sixteen and behind it.
  test("takes nothing but its alphabet", () => {
    const bytes = room(36);
    let wrong = -1;
    for (let place = 0; place < 36; place++) {
      for (let byte = 0; byte < 256; byte++) {
        memory.fill(bytes.from, 0x41, 36);
        store<u8>(bytes.from + place, <u8>byte);
        // where padding may stand it is no fault, and is tested above
        const known = ALPHABET.includes(String.fromCharCode(byte)) || (byte == 0x3d && place == 35);
        if (isNone(bytes) == known) wrong = place * 256 + byte;
      }
    }
    expect(wrong).toBe(-1, "place * 256 + byte");
  });

  test("finds the bytes that were written, with both decoders", () => {
    const random = new Random(0x5eed0001);
    const bytes = room(700);
    const text = room(1000);
    let wrong = -1;
    for (let round = 0; round < 2000; round++) {
      const length = <usize>random.below(random.once(4) ? 700 : 60);
      random.fill(bytes.from, length);
      const size = encode(bytes.from, length, text.from, random.once(2));
      const first = decodeBase64(text.from, size, fast.from);
      const second = decodeBase64Scalar(text.from, size, plain.from);
      if (first != <i32>length || second != <i32>length) wrong = round;
      else if (differAt(fast.from, bytes.from, length) >= 0 || differAt(plain.from, bytes.from, length) >= 0) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });

  // Sixteen bytes are written where twelve are wanted: never more than the room that is promised.
  test("stays in the room it asks for", () => {
    const text = room(64);
    memory.fill(text.from, 0x41, 64);
    for (let length: usize = 0; length <= 64; length += 4) {
      memory.fill(fast.from, 0xee, 128);
      decodeBase64(text.from, length, fast.from);
      for (let i = length + 16; i < 128; i++) expect(load<u8>(fast.from + i)).toBe(0xee);
    }
  });

  test("is not misled by what stands behind", () => {
    const text = utf8("Zm9vYmFyZm9vYmFyZm9vYmFy");
    expect(decodeBase64(text.from, 3, fast.from)).toBe(2);
    expect(textAt(fast.from, 2)).toBe("fo");
    expect(decodeBase64(text.from, 18, fast.from)).toBe(13);
  });
});
