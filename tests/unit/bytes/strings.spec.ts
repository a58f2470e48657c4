// Strings as numbers: equal bytes, equal number; the map of hashes they are found by; and names that are fixed. The table of
// strings is one for a module, so each test begins with it cleared. What is interned is taken as it is: decoding is text.ts's.

import { asciiAt, asciiBytes, asciiIs, asciiLength } from "../../../assembly/bytes/ascii";
import { Map64 } from "../../../assembly/bytes/map";
import { murmur3 } from "../../../assembly/bytes/murmur3";
import {
  clearStrings,
  compareStrings,
  equalBytes,
  intern,
  internLiteral,
  stringHash,
  stringIs,
  stringLength,
  stringPointer,
  stringStarts,
  strings,
} from "../../../assembly/bytes/strings";
import { Bytes, fromHex, heapTop, hex64, room, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";

function internBytes(bytes: Bytes): u32 {
  return intern(bytes.from, <u32>bytes.length);
}

function internText(text: string): u32 {
  return internBytes(utf8(text));
}

function textOf(id: u32): string {
  return textAt(stringPointer(id), stringLength(id));
}

describe("a map", () => {
  test("answers what was stored first, and -1 for what was not", () => {
    const map = new Map64();
    expect(map.get(0)).toBe(-1);
    expect(map.get(1)).toBe(-1);
    expect(map.add(0, 5)).toBe(5);
    expect(map.add(1, 0)).toBe(0);
    expect(map.add(0, 6)).toBe(5);
    expect(map.get(0)).toBe(5);
    expect(map.get(1)).toBe(0);
    expect(map.get(2)).toBe(-1);
    map.clear();
    expect(map.get(0)).toBe(-1);
    expect(map.add(0, 9)).toBe(9);
  });

  test("gives back the memory it grew through", () => {
    const map = new Map64();
    for (let i: u64 = 1; i <= 5000; i++) map.add(i * 0x9e3779b97f4a7c15, 1);
    map.clear();
    const before = heapTop();
    for (let round = 0; round < 20; round++) {
      for (let i: u64 = 1; i <= 5000; i++) map.add(i * 0x9e3779b97f4a7c15, 1);
      map.clear();
    }
    expect(<u32>(heapTop() - before)).toBeLessThan(64);
  });

  test("agrees with the library's, of random keys and of keys that crowd one slot", () => {
    const random = new Random(0x5eed0004);
    let wrong = "";
    for (let kind = 0; kind < 4; kind++) {
      const map = new Map64();
      const model = new Map<u64, u32>();
      for (let i: u32 = 0; i < 6000; i++) {
        const number = <u64>random.below(4000);
        // spread, in a row, at the last slots of any size, and different only in what the slot does not see
        let key = number * 0x9e3779b97f4a7c15;
        if (kind == 1) key = number;
        else if (kind == 2) key = 0xffffffffffff - (number << 32) * 4096;
        else if (kind == 3) key = (number << 32) | number;
        if (random.once(3)) {
          const known = model.has(key) ? <i32>model.get(key) : -1;
          if (map.get(key) != known) wrong = "get " + hex64(key);
        } else {
          if (!model.has(key)) model.set(key, i);
          if (map.add(key, i) != model.get(key)) wrong = "add " + hex64(key);
        }
      }
      const keys = model.keys();
      for (let i = 0; i < keys.length; i++) if (map.get(keys[i]) != <i32>model.get(keys[i])) wrong = "lost " + hex64(keys[i]);
    }
    expect(wrong).toBe("");
  });
});

describe("strings", () => {
  beforeEach(clearStrings);

  test("have one number for equal bytes, and another for others", () => {
    const a = internText("claude");
    const b = internText("claude-code");
    expect(a).toBe(1, "0 is the empty string");
    expect(b).toBe(2);
    expect(internText("claude")).toBe(a);
    expect(internLiteral("claude-code")).toBe(b);
    expect(textOf(a)).toBe("claude");
    expect(stringLength(b)).toBe(11);
    expect(strings.rows).toBe(3);
  });

  test("of no bytes are 0", () => {
    expect(intern(0, 0)).toBe(0);
    expect(internText("")).toBe(0);
    expect(internLiteral("")).toBe(0);
    expect(stringLength(0)).toBe(0);
    expect(stringIs(0, "")).toBe(true);
    expect(stringStarts(0, "a")).toBe(false);
  });

  test("are copies", () => {
    const bytes = utf8("origin");
    const id = internBytes(bytes);
    memory.fill(bytes.from, 0x78, bytes.length);
    expect(textOf(id)).toBe("origin");
    expect(internText("origin")).toBe(id);
    expect(internBytes(bytes)).not.toBe(id);
  });

  test("stay apart when they are many, and when they are long", () => {
    const first = room(100000);
    memory.fill(first.from, 0x61, first.length);
    const long = internBytes(first);
    store<u8>(first.end - 1, 0x62);
    const other = internBytes(first);
    expect(other).not.toBe(long);
    for (let i = 0; i < 4000; i++) internText("name " + i.toString());
    let wrong = -1;
    for (let i = 0; i < 4000; i++) {
      const id = internText("name " + i.toString());
      if (id != other + 1 + i || !stringIs(id, "name " + i.toString())) wrong = i;
    }
    expect(wrong).toBe(-1);
    expect(internBytes(first)).toBe(other);
  });

  // Three strings made to have one MurmurHash3, by running its second block backwards.
  test("of one hash stay apart, whoever comes first", () => {
    const a = fromHex("74686520666972737420626c6f636b2e616e6420746865207365636f6e642e20");
    const b = fromHex("616e6f7468657220626c6f636b2e2e2ee44bf3a8212a7aa911a32f7a0335e8aa");
    const c = fromHex("616e642061207468697264206f6e652e0980a2f58109b9ef4f8f4ca0c951e05b");
    expect(murmur3(b.from, 32)).toBe(murmur3(a.from, 32));
    expect(murmur3(c.from, 32)).toBe(murmur3(a.from, 32));
    expect(internBytes(a)).toBe(1);
    expect(internBytes(b)).toBe(2);
    expect(internBytes(c)).toBe(3);
    expect(internBytes(b)).toBe(2);
    expect(internBytes(a)).toBe(1);
    expect(internBytes(c)).toBe(3);
    expect(stringHash(1) == stringHash(2) || stringHash(2) == stringHash(3)).toBe(false, "keys of maps");
    clearStrings();
    expect(internBytes(c)).toBe(1);
    expect(internBytes(a)).toBe(2);
    expect(internBytes(c)).toBe(1);
  });

  test("have a hash that no order changes", () => {
    const before = stringHash(internText("b"));
    clearStrings();
    internText("a");
    expect(stringHash(internText("b"))).toBe(before);
  });

  test("begin anew when they are cleared", () => {
    internText("a");
    internText("b");
    clearStrings();
    expect(strings.rows).toBe(0);
    expect(internText("b")).toBe(1);
  });

  test("are ordered by their bytes", () => {
    const sorted = [internText(""), internText("A"), internText("Aa"), internText("B"), internText("a"), internText("z"), internText("é"), internText("€")];
    for (let i = 0; i < sorted.length; i++) {
      for (let j = 0; j < sorted.length; j++) {
        const order = compareStrings(sorted[i], sorted[j]);
        expect(i < j ? order < 0 : i > j ? order > 0 : order == 0).toBe(true, i.toString() + " and " + j.toString());
      }
    }
  });

  test("are compared with literals", () => {
    const id = internText("msg_bdrk_1");
    expect(stringStarts(id, "msg_bdrk_")).toBe(true);
    expect(stringStarts(id, "msg_bdrk_1")).toBe(true);
    expect(stringStarts(id, "msg_bdrk_12")).toBe(false);
    expect(stringStarts(id, "msg_vrtx_")).toBe(false);
    expect(stringStarts(id, "")).toBe(true);
    expect(stringIs(id, "msg_bdrk_1")).toBe(true);
    expect(stringIs(id, "msg_bdrk_")).toBe(false);
    expect(stringIs(id, "msg_bdrk_2")).toBe(false);
  });

  test("are equal only if every byte is", () => {
    const a = room(40);
    const b = room(40);
    memory.fill(a.from, 0x61, 40);
    memory.fill(b.from, 0x61, 40);
    for (let length: usize = 0; length <= 40; length++) {
      expect(equalBytes(a.from, b.from, length)).toBe(true);
      for (let i: usize = 0; i < 40; i++) {
        store<u8>(b.from + i, 0x62);
        expect(equalBytes(a.from, b.from, length)).toBe(i >= length);
        store<u8>(b.from + i, 0x61);
      }
    }
  });
});

describe("a fixed name", () => {
  test("knows its bytes", () => {
    const name = "gen_ai.agent.name";
    expect(asciiLength(name)).toBe(17);
    expect(textAt(asciiBytes(name), 17)).toBe("gen_ai.agent.name");
    expect(asciiAt(name, 3)).toBe(0x5f);
    expect(asciiIs(utf8("gen_ai.agent.name is").from, name)).toBe(true);
    expect(asciiIs(utf8("gen_ai.agent.nane").from, name)).toBe(false);
    expect(asciiLength("")).toBe(0);
  });
});
