// The OTLP/JSON sink: lowerCamelCase members, ids as hexadecimal, 64-bit integers as decimal strings, enums as numbers.
// Everything on one line. Says exactly what the protobuf sink says.

import { writeDecimal, writeHex } from "../bytes/decimal";
import { allocate, blockBytes, release } from "../bytes/heap";
import { repairUtf8 } from "../bytes/utf8";
import { TEXT_SLACK, decodeText, isDamaged } from "../json/text";
import { addLength, ensure, out, outLength, put, putBytes, putLiteral } from "./output";

let scratch: usize = 0;
let scratchSize: usize = 0;

function scratchFor(bytes: usize): usize {
  if (bytes > scratchSize) {
    release(scratch, scratchSize);
    scratchSize = blockBytes(bytes);
    scratch = allocate(scratchSize);
  }
  return scratch;
}

export class JsonSink {
  /** Is the next member the first of its object or list? */
  private first: bool = true;

  clear(): void {
    this.first = true;
  }

  private member(name: string): void {
    this.comma();
    ensure(name.length + 8);
    put(0x22);
    putLiteral(name);
    put(0x22);
    put(0x3a);
  }

  private comma(): void {
    ensure(8);
    if (this.first) this.first = false;
    else put(0x2c);
  }

  open(field: u32, name: string, expected: usize = 0): void {
    this.member(name);
    put(0x7b);
    this.first = true;
  }

  close(): void {
    ensure(1);
    put(0x7d);
    this.first = false;
  }

  openList(name: string): void {
    this.member(name);
    put(0x5b);
    this.first = true;
  }

  closeList(): void {
    ensure(1);
    put(0x5d);
    this.first = false;
  }

  openItem(field: u32, name: string, expected: usize = 0): void {
    this.comma();
    put(0x7b);
    this.first = true;
  }

  id(field: u32, name: string, from: usize, length: u32): void {
    this.member(name);
    ensure(length * 2 + 2);
    put(0x22);
    writeHex(from, length, out + outLength);
    addLength(length * 2);
    put(0x22);
  }

  string(field: u32, name: string, from: usize, length: usize): void {
    this.openText(field, name, 0);
    this.plain(from, length);
    this.closeText();
  }

  fixed64(field: u32, name: string, value: i64): void {
    this.int64(field, name, value);
  }

  enumeration(field: u32, name: string, value: u32): void {
    this.member(name);
    ensure(24);
    addLength(writeDecimal(value, out + outLength) - (out + outLength));
  }

  int64(field: u32, name: string, value: i64): void {
    this.member(name);
    ensure(24);
    put(0x22);
    addLength(writeDecimal(value, out + outLength) - (out + outLength));
    put(0x22);
  }

  /** `value` billionths. */
  decimal(name: string, value: i64): void {
    this.member(name);
    ensure(32);
    const whole = value / 1000000000;
    addLength(writeDecimal(whole, out + outLength) - (out + outLength));
    let rest = value - whole * 1000000000;
    if (!rest) return;
    put(0x2e);
    // a one before the digits keeps the zeros among them
    const behind = writeDecimal(1000000000 + rest, out + outLength - 1);
    store<u8>(out + outLength - 1, 0x2e);
    let end = behind;
    while (load<u8>(end - 1) == 0x30) end--;
    addLength(end - (out + outLength));
  }

  boolean(field: u32, name: string, value: bool): void {
    this.member(name);
    putLiteral(value ? "true" : "false");
  }

  stringAttribute(field: u32, key: usize, keyLength: usize, value: usize, valueLength: usize): void {
    this.openAttribute(field, key, keyLength);
    this.string(0, "stringValue", value, valueLength);
    this.closeAttribute();
  }

  integerAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
    this.openAttribute(field, key, keyLength);
    this.int64(0, "intValue", value);
    this.closeAttribute();
  }

  /** `value` in billionths, written as a decimal. */
  doubleAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
    this.openAttribute(field, key, keyLength);
    this.decimal("doubleValue", value);
    this.closeAttribute();
  }

  trueAttribute(field: u32, key: usize, keyLength: usize): void {
    this.openAttribute(field, key, keyLength);
    this.boolean(0, "boolValue", true);
    this.closeAttribute();
  }

  private openAttribute(field: u32, key: usize, keyLength: usize): void {
    this.openItem(field, "");
    this.string(0, "key", key, keyLength);
    this.open(0, "value");
  }

  private closeAttribute(): void {
    this.close();
    this.close();
  }

  openText(field: u32, name: string, expected: usize): void {
    this.member(name);
    put(0x22);
  }

  closeText(): void {
    ensure(1);
    put(0x22);
  }

  literal(text: string): void {
    const length = text.length;
    const bytes = scratchFor(length + 16);
    for (let i = 0; i < length; i++) store<u8>(bytes + i, <u8>text.charCodeAt(i));
    escape(bytes, length);
  }

  plain(from: usize, length: usize): void {
    escape(from, length);
  }

  text(from: usize, length: usize): void {
    const bytes = scratchFor(length + TEXT_SLACK);
    const written = decodeText(from, length, bytes);
    if (isDamaged(bytes, written)) escapeRepaired(bytes, written);
    else escape(bytes, written);
  }

  json(from: usize, length: usize): void {
    if (isDamaged(from, length, true)) escapeRepaired(from, length);
    else escape(from, length);
  }
}

function escapeRepaired(from: usize, length: usize): void {
  const bytes = allocate(length * 3);
  escape(bytes, repairUtf8(from, length, bytes));
  release(bytes, length * 3);
}

/** Writes text as the inside of a JSON string. */
function escape(from: usize, length: usize): void {
  const end = from + length;
  while (from < end) {
    // stretches without anything to escape are copied whole
    let stop = from;
    while (stop < end) {
      const c = load<u8>(stop);
      if (c < 0x20 || c == 0x22 || c == 0x5c) break;
      stop++;
    }
    putBytes(from, stop - from);
    from = stop;
    if (from == end) return;
    ensure(6);
    const c = load<u8>(from++);
    put(0x5c);
    if (c == 0x22 || c == 0x5c) put(c);
    else if (c == 0x0a) put(0x6e);
    else if (c == 0x0d) put(0x72);
    else if (c == 0x09) put(0x74);
    else if (c == 0x08) put(0x62);
    else if (c == 0x0c) put(0x66);
    else {
      put(0x75);
      put(0x30);
      put(0x30);
      writeHex(from - 1, 1, out + outLength);
      addLength(2);
    }
  }
}
