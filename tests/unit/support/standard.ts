// UTF-8 as the Encoding Standard has it, one step of its text after the other: what the core's validators and repair must agree
// with. Slow and obvious; it shares nothing with them.

import { room } from "./bytes";

/** The text decoded or written last, as UTF-8; at most 16 KiB. */
export const decodedBytes: usize = room(16384).from;
export let decodedLength: usize = 0;
/** Was there nothing to replace? */
export let decodedValid: bool = false;

export function beginText(): void {
  decodedLength = 0;
}

/** Writes one character behind the text. */
export function writePoint(point: u32): void {
  const to = decodedBytes + decodedLength;
  if (point < 0x80) {
    store<u8>(to, point);
    decodedLength += 1;
  } else if (point < 0x800) {
    store<u8>(to, 0xc0 + (point >> 6));
    store<u8>(to, 0x80 + (point & 63), 1);
    decodedLength += 2;
  } else if (point < 0x10000) {
    store<u8>(to, 0xe0 + (point >> 12));
    store<u8>(to, 0x80 + ((point >> 6) & 63), 1);
    store<u8>(to, 0x80 + (point & 63), 2);
    decodedLength += 3;
  } else {
    store<u8>(to, 0xf0 + (point >> 18));
    store<u8>(to, 0x80 + ((point >> 12) & 63), 1);
    store<u8>(to, 0x80 + ((point >> 6) & 63), 2);
    store<u8>(to, 0x80 + (point & 63), 3);
    decodedLength += 4;
  }
}

/** The decoder of the Encoding Standard (WHATWG, 8.1.1), step by step, and its text as UTF-8 again. */
export function decodeByTheStandard(from: usize, length: usize): void {
  beginText();
  decodedValid = true;
  let point: u32 = 0;
  let seen: u32 = 0;
  let needed: u32 = 0;
  let lower: u32 = 0x80;
  let upper: u32 = 0xbf;
  for (let at: usize = 0; at <= length; at++) {
    const atEnd = at == length;
    const byte: u32 = atEnd ? 0 : load<u8>(from + at);
    if (needed && (atEnd || byte < lower || byte > upper)) {
      needed = 0;
      lower = 0x80;
      upper = 0xbf;
      decodedValid = false;
      writePoint(0xfffd);
    }
    if (atEnd) return;
    if (!needed) {
      seen = 0;
      if (byte < 0x80) {
        writePoint(byte);
      } else if (byte >= 0xc2 && byte <= 0xdf) {
        needed = 1;
        point = byte & 0x1f;
      } else if (byte >= 0xe0 && byte <= 0xef) {
        if (byte == 0xe0) lower = 0xa0;
        if (byte == 0xed) upper = 0x9f;
        needed = 2;
        point = byte & 0xf;
      } else if (byte >= 0xf0 && byte <= 0xf4) {
        if (byte == 0xf0) lower = 0x90;
        if (byte == 0xf4) upper = 0x8f;
        needed = 3;
        point = byte & 7;
      } else {
        decodedValid = false;
        writePoint(0xfffd);
      }
      continue;
    }
    lower = 0x80;
    upper = 0xbf;
    point = (point << 6) | (byte & 0x3f);
    if (++seen < needed) continue;
    writePoint(point);
    needed = 0;
  }
}
