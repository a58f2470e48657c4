// Protobuf's framing and nothing of what it frames: the fields of a message, one after another, as places in its bytes.
// Enough to read a short reply and to cut a request between spans.

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

export interface Field {
  readonly number: number;
  readonly wire: number;
  /** The whole field, its tag included, is bytes `from` to `to`. */
  readonly from: number;
  readonly to: number;
  /** Where the value begins; of BYTES what stands after the length. */
  readonly value: number;
}

const malformed = (): RangeError => new RangeError("not a protobuf message");

/** A varint's value and where it ends; a negative number as it is stored, in two's complement of 64 bits. */
export function varint(bytes: Uint8Array, from: number, to: number): { value: bigint; to: number } {
  let value = 0n;
  for (let at = from; at < Math.min(to, from + 10); at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from));
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), to: at + 1 };
  }
  throw malformed();
}

/** The fields between two places. Throws a RangeError at the first thing that is no field. */
export function* fields(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Field> {
  while (from < to) {
    const tag = varint(bytes, from, to);
    const [number, wire] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    let [value, end] = [tag.to, 0];
    if (wire === VARINT) end = varint(bytes, value, to).to;
    else if (wire === FIXED64) end = value + 8;
    else if (wire === FIXED32) end = value + 4;
    else if (wire === BYTES) {
      const length = varint(bytes, value, to);
      value = length.to;
      end = value + Number(length.value);
    } else throw malformed();
    if (end > to) throw malformed();
    yield { number, wire, from, to: end, value };
    from = end;
  }
}

/** Tag and length of a field of BYTES. */
export function head(number: number, length: number): Uint8Array {
  const bytes = [(number << 3) | BYTES];
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
