// Base64 to bytes, to say how large a left-out image was and which one. Characters outside the alphabet are passed over.

/** Decodes `length` characters at `from` to `to` (room for length * 3 / 4 + 3); answers the number of bytes. */
export function decodeBase64(from: usize, length: usize, to: usize): usize {
  const first = to;
  const end = from + length;
  let bits: u32 = 0;
  let held: u32 = 0;
  while (from < end) {
    const c = <u32>load<u8>(from++);
    let six: u32 = 0;
    if (c - 0x41 < 26) six = c - 0x41;
    else if (c - 0x61 < 26) six = c - 0x61 + 26;
    else if (c - 0x30 < 10) six = c - 0x30 + 52;
    else if (c == 0x2b || c == 0x2d) six = 62;
    else if (c == 0x2f || c == 0x5f) six = 63;
    else if (c == 0x3d) break;
    else continue;
    bits = (bits << 6) | six;
    held += 6;
    if (held >= 8) {
      held -= 8;
      store<u8>(to++, <u8>(bits >> held));
    }
  }
  return to - first;
}
