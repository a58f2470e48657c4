// Integers to decimal digits and hexadecimal digits.

const DIGITS: usize = memory.data(24);
const HEX: usize = memory.data<u8>([0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66]);

/** Writes `value` in decimal at `to`; answers the address behind it. At most 20 bytes. */
export function writeDecimal(value: i64, to: usize): usize {
  let rest = <u64>value;
  if (value < 0) {
    store<u8>(to++, 0x2d);
    rest = -rest;
  }
  let at = DIGITS + 24;
  do {
    const quotient = rest / 10;
    store<u8>(--at, 0x30 + <u8>(rest - quotient * 10));
    rest = quotient;
  } while (rest);
  const length = DIGITS + 24 - at;
  memory.copy(to, at, length);
  return to + length;
}

/** Writes `count` bytes as lower-case hexadecimal at `to`; answers the address behind it. */
export function writeHex(from: usize, count: usize, to: usize): usize {
  for (let i: usize = 0; i < count; i++) {
    const byte = load<u8>(from + i);
    store<u8>(to, load<u8>(HEX + (byte >> 4)));
    store<u8>(to, load<u8>(HEX + (byte & 15)), 1);
    to += 2;
  }
  return to;
}
