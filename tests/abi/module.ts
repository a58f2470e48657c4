// What a wasm module says of itself: its exports and imports with their types, read from the binary.
//
// It knows the five sections this takes (types, imports, functions, tables and memories by kind, exports) and skips the rest.

const kinds = ["function", "table", "memory", "global"] as const;
const valueTypes: Record<number, string> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x70: "funcref",
  0x6f: "externref",
};

export interface ModuleText {
  /** One line each, sorted: `name (i32, i32) -> i32`, or `name: memory`. */
  exports: string[];
  imports: string[];
}

class Cursor {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("the module ends too early");
    return byte;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }

  name(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  limits(): void {
    const flags = this.number();
    this.number();
    if (flags & 1) this.number();
  }
}

export function readModule(bytes: Uint8Array): ModuleText {
  const cursor = new Cursor(bytes);
  cursor.at = 8;
  let types: string[] = [];
  const functions: string[] = [];
  const imports: string[] = [];
  let exports: string[] = [];
  const type = (): string => valueTypes[cursor.byte()] ?? "unknown";
  const sections: Record<number, () => void> = {
    1: () => {
      types = cursor.list(() => {
        cursor.byte();
        const parameters = cursor.list(type);
        return `(${parameters.join(", ")}) -> ${cursor.list(type).join(", ") || "nothing"}`;
      });
    },
    2: () => {
      cursor.list(() => {
        const name = `${cursor.name()}.${cursor.name()}`;
        const kind = kinds[cursor.byte()];
        if (kind === "function") functions.push(types[cursor.number()] ?? "?");
        else if (kind === "global") cursor.at += 2;
        else {
          if (kind === "table") cursor.byte();
          cursor.limits();
        }
        imports.push(`${name}: ${kind ?? "unknown"}`);
      });
    },
    3: () => void functions.push(...cursor.list(() => types[cursor.number()] ?? "?")),
    7: () => {
      exports = cursor.list(() => {
        const name = cursor.name();
        const kind = kinds[cursor.byte()];
        const index = cursor.number();
        return kind === "function" ? `${name} ${functions[index] ?? "?"}` : `${name}: ${kind ?? "unknown"}`;
      });
    },
  };
  while (cursor.at < bytes.length) {
    const section = cursor.byte();
    const length = cursor.number();
    const end = cursor.at + length;
    sections[section]?.();
    cursor.at = end;
  }
  return { exports: exports.sort(), imports: imports.sort() };
}
