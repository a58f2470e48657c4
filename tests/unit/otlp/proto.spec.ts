// The protobuf sink, and the output both sinks write to: tags, varints, and lengths that were guessed wrong. That whole requests
// are what other libraries read is tested outside of the core; which attributes there are is not a sink's business.

import { FORMAT_PROTO } from "../../../assembly/abi/layout";
import { internLiteral } from "../../../assembly/bytes/strings";
import { ensure, out, outLength, put, putBytes, putLiteral } from "../../../assembly/otlp/output";
import { varintBytes, writeVarint } from "../../../assembly/otlp/proto";
import * as sink from "../../../assembly/otlp/sink";
import { Bytes, differAt, fromHex, hex, repeated, room, textAt, utf8 } from "../support/bytes";
import { begin, putAll, said, written } from "../support/sinks";

/** The varint at `at`; where it ends is left in `behind`. */
let behind: usize = 0;
function readVarint(at: usize): u64 {
  let value: u64 = 0;
  let shift: u64 = 0;
  while (true) {
    const byte = load<u8>(at++);
    value |= <u64>(byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) break;
  }
  behind = at;
  return value;
}

function copyOf(from: usize, length: usize): Bytes {
  const copy = room(length);
  memory.copy(copy.from, from, length);
  return copy;
}

describe("the output", () => {
  test("holds what was put, however long, while it grows", () => {
    const bytes = room(300);
    for (let i: usize = 0; i < 300; i++) store<u8>(bytes.from + i, <u8>(i * 7));
    begin(FORMAT_PROTO);
    let wrong = -1;
    for (let round = 0; round < 40; round++) {
      for (let length: usize = 0; length < 140; length++) putBytes(bytes.from + length, length);
    }
    let at = out;
    for (let round = 0; round < 40; round++) {
      for (let length: usize = 0; length < 140; length++) {
        if (differAt(at, bytes.from + length, length) >= 0) wrong = <i32>length;
        at += length;
      }
    }
    expect(wrong).toBe(-1, "length");
    expect(outLength).toBe(at - out);
    begin(FORMAT_PROTO);
    putLiteral("ab");
    ensure(1);
    put(0x63);
    expect(said()).toBe("abc");
  });
});

describe("a varint", () => {
  test("takes a byte for every seven bits", () => {
    const at = room(16).from;
    for (let bits: u64 = 0; bits < 64; bits++) {
      for (let more: i64 = -1; more <= 1; more++) {
        const value = (<u64>1 << bits) + more;
        const size = writeVarint(value, at) - at;
        expect(<u32>size).toBe(<u32>varintBytes(value), value.toString());
        expect(readVarint(at)).toBe(value);
        expect(behind).toBe(at + size);
        expect(<u32>size).toBe(<u32>max<u64>(1, (64 - clz<u64>(value) + 6) / 7));
      }
    }
    expect(<u32>(writeVarint(u64.MAX_VALUE, at) - at)).toBe(10);
    expect(hex(at, 10)).toBe("ffffffffffffffffff01");
    expect(<u32>(writeVarint(300, at) - at)).toBe(2);
    expect(hex(at, 2)).toBe("ac02");
  });
});

describe("protobuf", () => {
  test("has every kind of field", () => {
    begin(FORMAT_PROTO);
    sink.id(1, "", fromHex("0102030405060708").from, 8);
    sink.whole(5, "", utf8("é").from, 2);
    sink.fixed64(7, "", 0x0102030405060708);
    sink.enumeration(6, "", 3);
    sink.enumeration(15, "", 1);
    expect(written()).toBe("0a080102030405060708" + "2a02c3a9" + "390807060504030201" + "3003" + "7801");
  });

  // A length takes one to five bytes; the body is moved when the guess was of another size, either way.
  test("has the right length before a body, whatever was expected", () => {
    const lengths: StaticArray<usize> = [0, 1, 126, 127, 128, 129, 16383, 16384, 16385, 2097151, 2097152];
    const guesses: StaticArray<usize> = [0, 1, 127, 128, 16383, 16384, 2097151, 2097152, 300000000];
    const body = room(2097152);
    for (let i: usize = 0; i < body.length; i++) store<u8>(body.from + i, <u8>(i ^ (i >> 8)));
    for (let i = 0; i < lengths.length; i++) {
      for (let j = 0; j < guesses.length; j++) {
        const length = unchecked(lengths[i]);
        const name = length.toString() + " bytes, expected " + unchecked(guesses[j]).toString();
        begin(FORMAT_PROTO);
        putLiteral("before");
        sink.open(1, "", unchecked(guesses[j]));
        putBytes(body.from, length);
        sink.close();
        putLiteral("behind");
        expect(textAt(out, 6)).toBe("before");
        expect(load<u8>(out, 6)).toBe(0x0a);
        expect(readVarint(out + 7)).toBe(length, name);
        expect(behind - out).toBe(7 + varintBytes(length), name);
        expect(differAt(behind, body.from, length)).toBe(-1, name);
        expect(textAt(behind + length, 6)).toBe("behind");
        expect(outLength).toBe(behind - out + length + 6);
      }
    }
  });

  test("has right lengths in one another, all of them guessed wrong", () => {
    for (let shift = 0; shift < 2; shift++) {
      const small: usize = shift ? 100000 : 0;
      begin(FORMAT_PROTO);
      for (let depth = 0; depth < 12; depth++) {
        sink.open(2, "", depth & 1 ? small : 100000 - small);
        sink.whole(1, "", repeated(0x61, 60).from, 60);
      }
      for (let depth = 0; depth < 12; depth++) {
        sink.close();
        sink.whole(3, "", repeated(0x62, 20).from, 20);
      }
      // from the outside in: a message, then what was said behind it
      let at = out;
      let end = out + outLength;
      for (let depth = 0; depth < 12; depth++) {
        expect(load<u8>(at)).toBe(0x12);
        const length = <usize>readVarint(at + 1);
        expect(<u32>(end - behind - length)).toBe(22, "behind the message at depth " + depth.toString());
        expect(hex(behind + length, 3)).toBe("1a1462");
        expect(hex(behind, 3)).toBe("0a3c61");
        at = behind + 62;
        end = behind + length;
      }
      expect(at).toBe(end);
    }
  });

  test("has attributes of any length", () => {
    const lengths: StaticArray<usize> = [1, 100, 115, 120, 123, 124, 125, 126, 127, 128, 129, 16370, 16380, 16384, 40000];
    let wrong = "";
    for (let i = 0; i < lengths.length; i++) {
      for (let j = 0; j < lengths.length; j++) {
        const key = repeated(0x6b, unchecked(lengths[i]));
        const value = repeated(0x76, unchecked(lengths[j]));
        begin(FORMAT_PROTO);
        sink.stringAttribute(9, key.from, key.length, value.from, value.length);
        const whole = copyOf(out, outLength);
        // the same, said piece by piece
        begin(FORMAT_PROTO);
        sink.openItem(9, key.length + value.length + 16);
        sink.whole(1, "key", key.from, key.length);
        sink.open(2, "value", value.length);
        sink.whole(1, "stringValue", value.from, value.length);
        sink.close();
        sink.close();
        if (whole.length != outLength || differAt(whole.from, out, outLength) >= 0) wrong = key.length.toString() + " and " + value.length.toString();
      }
    }
    expect(wrong).toBe("");
  });

  test("has every kind of attribute", () => {
    const name = internLiteral("n");
    begin(FORMAT_PROTO);
    putAll("k", name, 0);
    expect(written()).toBe(
      "4a080a016b12030a016e" + // k: n
        "4a080a016e12030a016e" +
        "4a080a016b12030a016b" +
        "4a100a016b120b18feffffffffffffffff01" +
        "4a070a016b12021001" +
        "4a0c0a016b12072a050a030a016e" +
        "4a080a016b12030a0178",
    );
  });

  test("decodes text, and makes valid what is not", () => {
    begin(FORMAT_PROTO);
    sink.openText(1, "", 3);
    const text = utf8("a\\n\\u00e9");
    sink.text(text.from, text.length);
    sink.text(fromHex("61ff62").from, 3);
    sink.plain(utf8("€").from, 3);
    sink.literal('"');
    const value = utf8('{"a":"\\n"}');
    sink.json(value.from, value.length);
    sink.json(fromHex("22c322").from, 3);
    sink.closeText();
    expect(hex(out, 2)).toBe("0a1c");
    expect(textAt(out + 2, outLength - 2)).toBe('a\né' + "a\ufffdb" + "€" + '"' + '{"a":"\\n"}' + '"\ufffd"');
  });
});
