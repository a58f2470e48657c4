// Tables of names: each name is told by its number and by nothing else, whatever other names there are. The tables that the dialects have
// are tested with them; here are such as chance makes, many of whose names share a slot.

import { findKey, makeKeys } from "../../../assembly/json/keys";
import { differAt, room, utf8 } from "../support/bytes";
import { Random } from "../support/random";

const SIZE: usize = 256 + 24 * 129;
/** Names, and what ends the table: nothing may be written behind it. */
const table = room(SIZE).from;
const around = room(SIZE).from;

function find(name: string): u32 {
  const bytes = utf8(name);
  return findKey(table, bytes.from, <u32>bytes.length);
}

function make(names: string): void {
  memory.fill(table, 0, SIZE);
  makeKeys(table, names);
}

/** Between 1 and 24 letters, of which there are two: names begin and end alike. */
function nameOf(random: Random): string {
  let name = "";
  for (let i = 1 + random.below(24); i; i--) name += random.once(2) ? "a" : "b";
  return name;
}

describe("a table of names", () => {
  test("tells each of many by its number, and nothing else", () => {
    const random = new Random(7);
    let wrong = "";
    for (let round = 0; round < 20; round++) {
      const names: string[] = [];
      let list = "";
      while (names.length < 128) {
        const name = nameOf(random);
        if (names.includes(name)) continue;
        names.push(name);
        list += name + " ";
      }
      make(list);
      for (let i = 0; i < names.length; i++) if (find(names[i]) != i + 1) wrong += names[i] + " ";
      for (let i = 0; i < 100; i++) {
        const name = nameOf(random);
        if (find(name) != names.indexOf(name) + 1) wrong += name + " ";
      }
      expect(differAt(table + SIZE, around + SIZE, 64)).toBe(-1);
    }
    expect(wrong).toBe("");
  });

  // One in 256 of these has the slot of the name.
  test("does not tell a name by what begins it", () => {
    let wrong = "";
    for (let i = 0; i < 2000; i++) {
      const name = "name-" + i.toString();
      make(name + " ");
      if (find(name) != 1 || find(name.substr(0, name.length - 1)) || find(name + " ")) wrong += name + " ";
    }
    expect(wrong).toBe("");
  });
});
