// UTF-8: is it valid, and if not, made valid. What leaves the core is always valid, whatever came in.

/** Bytes of the well-formed sequence at `at`, or 0; `end` bounds it. Overlong forms and surrogates are ill-formed. */
// @ts-ignore: decorator
@inline
function sequence(at: usize, end: usize): u32 {
  const a = <u32>load<u8>(at);
  if (a < 0x80) return 1;
  if (a < 0xc2 || a > 0xf4) return 0;
  if (at + 1 >= end) return 0;
  const b = <u32>load<u8>(at, 1);
  if (a < 0xe0) return (b & 0xc0) == 0x80 ? 2 : 0;
  if (a < 0xf0) {
    const low: u32 = a == 0xe0 ? 0xa0 : 0x80;
    const high: u32 = a == 0xed ? 0x9f : 0xbf;
    if (b < low || b > high || at + 2 >= end) return 0;
    return (load<u8>(at, 2) & 0xc0) == 0x80 ? 3 : 0;
  }
  const low: u32 = a == 0xf0 ? 0x90 : 0x80;
  const high: u32 = a == 0xf4 ? 0x8f : 0xbf;
  if (b < low || b > high || at + 3 >= end) return 0;
  return (load<u8>(at, 2) & 0xc0) == 0x80 && (load<u8>(at, 3) & 0xc0) == 0x80 ? 4 : 0;
}

/** Bytes of the longest part at `at` that could have begun a sequence: what one replacement character stands for. */
function illFormed(at: usize, end: usize): u32 {
  const a = <u32>load<u8>(at);
  if (a < 0xc2 || a > 0xf4 || at + 1 >= end) return 1;
  const b = <u32>load<u8>(at, 1);
  const low: u32 = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
  const high: u32 = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
  if (b < low || b > high) return 1;
  if (a < 0xf0 || at + 2 >= end || (load<u8>(at, 2) & 0xc0) != 0x80) return 2;
  return 3;
}

/** Are the bytes valid UTF-8? ASCII is passed over eight bytes at a time. */
export function validUtf8(from: usize, length: usize): bool {
  const end = from + length;
  while (from < end) {
    while (from + 8 <= end && !(load<u64>(from) & 0x8080808080808080)) from += 8;
    if (from >= end) break;
    const bytes = sequence(from, end);
    if (!bytes) return false;
    from += bytes;
  }
  return true;
}

/** Copies, each ill-formed part replaced by U+FFFD (as the WHATWG decoder does); `to` needs three times `length`. Answers the bytes written. */
export function repairUtf8(from: usize, length: usize, to: usize): usize {
  const first = to;
  const end = from + length;
  while (from < end) {
    const bytes = sequence(from, end);
    if (bytes) {
      for (let i: u32 = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
      from += bytes;
      to += bytes;
    } else {
      store<u8>(to, 0xef);
      store<u8>(to, 0xbf, 1);
      store<u8>(to, 0xbd, 2);
      to += 3;
      from += illFormed(from, end);
    }
  }
  return to - first;
}

/** The longest length of at most `limit` bytes that does not cut a character. */
export function wholeCharacters(from: usize, length: usize, limit: usize): usize {
  if (length <= limit) return length;
  let cut = limit;
  while (cut > 0 && (load<u8>(from + cut) & 0xc0) == 0x80) cut--;
  return cut;
}
