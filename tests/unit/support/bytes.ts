// Bytes for specs: texts and hexadecimal to memory and back, and where two stretches differ.
//
// It holds no expectations and knows nothing of the core. Nothing is given back: an instance lives for one spec.

/** Quotes and backslashes stand before and behind: whoever reads over and relies on it is found out. */
const AROUND: usize = 256;

export class Bytes {
  constructor(
    public from: usize,
    public length: usize,
  ) {}

  get end(): usize {
    return this.from + this.length;
  }

  hex(): string {
    return hex(this.from, this.length);
  }
}

/** Room for `length` bytes, with bytes around it that nobody may rely on. */
export function room(length: usize): Bytes {
  const from = heap.alloc(length + AROUND * 2) + AROUND;
  for (let at = from - AROUND; at < from + length + AROUND; at++) store<u8>(at, at & 1 ? 0x22 : 0x5c);
  return new Bytes(from, length);
}

/** The UTF-8 of a text. */
export function utf8(text: string): Bytes {
  const bytes = room(<usize>String.UTF8.byteLength(text));
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, bytes.from);
  return bytes;
}

/** The bytes two hexadecimal digits each stand for; spaces may stand between bytes. */
export function fromHex(digits: string): Bytes {
  const text = digits.replaceAll(" ", "");
  const bytes = room(<usize>(text.length >> 1));
  for (let i = 0; i < text.length; i += 2) store<u8>(bytes.from + (i >> 1), <u8>I32.parseInt(text.substr(i, 2), 16));
  return bytes;
}

/** `count` bytes of one kind. */
export function repeated(byte: u8, count: usize): Bytes {
  const bytes = room(count);
  memory.fill(bytes.from, byte, count);
  return bytes;
}

export function hex(from: usize, length: usize): string {
  let text = "";
  for (let i: usize = 0; i < length; i++) text += (<u32>load<u8>(from + i) + 0x100).toString(16).substr(1);
  return text;
}

/** A number as sixteen hexadecimal digits. */
export function hex64(value: u64): string {
  return value.toString(16).padStart(16, "0");
}

/** The text that lies in memory as UTF-8. */
export function textAt(from: usize, length: usize): string {
  return String.UTF8.decodeUnsafe(from, length);
}

/** Offset of the first byte that differs, -1 if none does. */
export function differAt(a: usize, b: usize, length: usize): i32 {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return <i32>i;
  return -1;
}

/** How far the heap has grown: the runtime only ever goes on, so what lies between two answers was taken anew. */
export function heapTop(): usize {
  return heap.alloc(16);
}
