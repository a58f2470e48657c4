// Trace and span ids: functions of content alone, so that a second run, a resumed file, a fork and another host agree.
// docs/SPANS.md has the recipe in full.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { allocate, release } from "../bytes/heap";
import { murmur3, murmur3High } from "../bytes/murmur3";
import { sha256 } from "../bytes/sha256";
import { internLiteral, stringLength, stringPointer } from "../bytes/strings";

const DIGEST: usize = memory.data(32, 16);

let tuple: usize = 0;

/** One member of the tuple: its length as four bytes, big-endian, then its bytes. */
function member(id: u32): void {
  const length = stringLength(id);
  store<u32>(tuple, bswap<u32>(length));
  memory.copy(tuple + 4, stringPointer(id), length);
  tuple += 4 + length;
}

/** Writes the 16 bytes of the trace id of ("spanloom.trace.v1", role, client, identity) at `to`. */
export function writeTraceId(role: string, client: u32, identity: u32, to: usize): void {
  const version = internLiteral("spanloom.trace.v1");
  const kind = internLiteral(role);
  const bytes: usize = 16 + stringLength(version) + stringLength(kind) + stringLength(client) + stringLength(identity);
  const start = allocate(bytes);
  tuple = start;
  member(version);
  member(kind);
  member(client);
  member(identity);
  sha256(start, tuple - start, DIGEST);
  release(start, bytes);
  memory.copy(to, DIGEST, 16);
  // all zeros is no id
  if (!(load<u64>(to) | load<u64>(to, 8))) store<u8>(to, 1, 15);
}

/** The span id, as the eight bytes of a little-endian number, of role and the client's own id within a trace. */
export function spanId(trace: usize, role: string, id: u32): u64 {
  const length = stringLength(id);
  const bytes: usize = 16 + asciiLength(role) + 1 + length;
  const start = allocate(bytes);
  memory.copy(start, trace, 16);
  let at = start + 16;
  memory.copy(at, asciiBytes(role), asciiLength(role));
  at += asciiLength(role);
  store<u8>(at++, 0);
  memory.copy(at, stringPointer(id), length);
  const first = murmur3(start, <u32>bytes);
  release(start, bytes);
  if (first) return first;
  return murmur3High ? murmur3High : 1;
}
