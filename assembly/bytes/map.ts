// A hash map from 64-bit keys, which are hashes already, to row numbers. Open addressing, at most two thirds full.
// Deliberately no deletion: facts are only ever added.

import { allocate, release } from "./heap";

const SLOT: usize = 12; // u64 key, u32 value + 1

export class Map64 {
  private base: usize = 0;
  private slots: u32 = 0;
  private used: u32 = 0;

  /** The value stored under `key`, or -1. */
  get(key: u64): i32 {
    if (!this.slots) return -1;
    const mask = this.slots - 1;
    let slot = <u32>(key ^ (key >> 32)) & mask;
    while (true) {
      const at = this.base + <usize>slot * SLOT;
      const value = load<u32>(at, 8);
      if (!value) return -1;
      if (load<u64>(at) == key) return <i32>(value - 1);
      slot = (slot + 1) & mask;
    }
  }

  /** Stores `value` under `key` unless something is there; answers what is there then. */
  add(key: u64, value: u32): u32 {
    if (this.used * 3 >= this.slots * 2) this.grow();
    const mask = this.slots - 1;
    let slot = <u32>(key ^ (key >> 32)) & mask;
    while (true) {
      const at = this.base + <usize>slot * SLOT;
      const there = load<u32>(at, 8);
      if (!there) {
        store<u64>(at, key);
        store<u32>(at, value + 1, 8);
        this.used++;
        return value;
      }
      if (load<u64>(at) == key) return there - 1;
      slot = (slot + 1) & mask;
    }
  }

  clear(): void {
    release(this.base, <usize>this.slots * SLOT);
    this.base = 0;
    this.slots = 0;
    this.used = 0;
  }

  private grow(): void {
    const old = this.base;
    const slots = this.slots;
    // a small one grows faster: what is in it is put in its place less often
    this.slots = max<u32>(slots << (slots < 65536 ? 2 : 1), 64);
    this.base = allocate(<usize>this.slots * SLOT);
    memory.fill(this.base, 0, <usize>this.slots * SLOT);
    const mask = this.slots - 1;
    for (let i: u32 = 0; i < slots; i++) {
      const from = old + <usize>i * SLOT;
      const value = load<u32>(from, 8);
      if (!value) continue;
      const key = load<u64>(from);
      let slot = <u32>(key ^ (key >> 32)) & mask;
      while (load<u32>(this.base + <usize>slot * SLOT, 8)) slot = (slot + 1) & mask;
      store<u64>(this.base + <usize>slot * SLOT, key);
      store<u32>(this.base + <usize>slot * SLOT, value, 8);
    }
    release(old, <usize>slots * SLOT);
  }
}
