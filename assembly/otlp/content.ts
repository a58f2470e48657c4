// Content on demand: which stretches of the documents are in memory, and which one the host must bring next.
// A stretch begins with the content that is wanted now and goes on over what will be wanted soon, as long as little lies
// between, so that a session is read a second time only where it holds something to send; and a short one, whose documents
// the window still holds, not at all.

import { allocate, blockBytes, release } from "../bytes/heap";
import { Table } from "../bytes/table";
import { STATE_NEED_DOCUMENT, STATE_NEED_LENGTH, STATE_NEED_OFFSET, WINDOW_BYTES } from "../abi/layout";
import { STATE } from "../session/counts";
import { keeping, placeOf } from "../json/window";
import { contents } from "../session/record";

/** A gap worth reading over: reading it costs less than asking again, in bytes. */
const GAP: u64 = 16384;
const SLACK: usize = 256;
/** Stretches kept besides those that the span at hand needs. */
const KEPT: u32 = 2;

@unmanaged
class Stretch {
  offset: u64;
  end: u64;
  pointer: u32;
  capacity: u32;
  document: u32;
  /** The span, counted from 1, that used it last. */
  span: u32;
}

const stretches = new Table<Stretch>();
let span: u32 = 0;
let pending: i32 = -1;

/** From now on, what is asked for is for the next span; what the last one used may be replaced. */
export function nextSpan(): void {
  span++;
}

/** Is content `number` (+ 1) in memory? If not, the state block says what the host must bring. */
export function isPresent(number: u32): bool {
  if (!number || keeping) return true;
  const at = find(number - 1);
  if (at < 0) {
    ask(number - 1);
    return false;
  }
  stretches.at(at).span = span;
  return true;
}

function find(content: u32): i32 {
  const it = contents.at(content);
  const end = it.offset + it.length;
  for (let i: u32 = 0; i < stretches.rows; i++) {
    const stretch = stretches.at(i);
    if (stretch.document == it.document && stretch.offset <= it.offset && end <= stretch.end) return i;
  }
  return -1;
}

/** Address of content `number` (+ 1), which is present. */
export function addressOfContent(number: u32): usize {
  const it = contents.at(number - 1);
  if (keeping) return placeOf(it.document) + <usize>it.offset;
  const stretch = stretches.at(find(number - 1));
  return <usize>stretch.pointer + <usize>(it.offset - stretch.offset);
}

// @ts-ignore: decorator
@inline
export function lengthOfContent(number: u32): usize {
  return contents.at(number - 1).length;
}

function ask(content: u32): void {
  const first = contents.at(content);
  let end = first.offset + first.length;
  for (let i = content + 1; i < contents.rows; i++) {
    const next = contents.at(i);
    if (next.document != first.document || next.offset < first.offset) break;
    const nextEnd = next.offset + next.length;
    if (next.offset > end + GAP || nextEnd - first.offset > <u64>WINDOW_BYTES) break;
    end = max(end, nextEnd);
  }
  pending = choose();
  const length = <usize>(end - first.offset);
  const stretch = stretches.at(pending);
  const room = max<usize>(length, WINDOW_BYTES) + SLACK;
  // what one image made large is given back for the next one, which another stretch may hold
  if (room > <usize>stretch.capacity || room << 2 < <usize>stretch.capacity) {
    release(stretch.pointer, stretch.capacity);
    stretch.capacity = <u32>blockBytes(room);
    stretch.pointer = <u32>allocate(stretch.capacity);
  }
  stretch.document = first.document;
  stretch.offset = first.offset;
  stretch.end = first.offset; // nothing yet
  store<u32>(STATE + STATE_NEED_DOCUMENT, first.document);
  store<u32>(STATE + STATE_NEED_LENGTH, <u32>length);
  store<u64>(STATE + STATE_NEED_OFFSET, first.offset);
}

/** The stretch to replace: the one used longest ago, unless the span at hand needs it. */
function choose(): i32 {
  let oldest: i32 = -1;
  if (stretches.rows >= KEPT) {
    for (let i: u32 = 0; i < stretches.rows; i++) {
      const stretch = stretches.at(i);
      if (stretch.span != span && (oldest < 0 || stretch.span < stretches.at(oldest).span)) oldest = i;
    }
  }
  if (oldest >= 0) return oldest;
  stretches.add();
  return stretches.rows - 1;
}

/** Where the host writes what it was asked for; 0 if nothing was. */
export function neededAddress(): usize {
  return pending < 0 ? 0 : stretches.at(pending).pointer;
}

/** Takes `length` bytes; false if they are not as many as asked for. */
export function takeNeeded(length: u32): bool {
  if (pending < 0 || length != load<u32>(STATE + STATE_NEED_LENGTH)) return false;
  const stretch = stretches.at(pending);
  stretch.end = stretch.offset + length;
  stretch.span = span;
  pending = -1;
  return true;
}

export function clearContent(): void {
  for (let i: u32 = 0; i < stretches.rows; i++) release(stretches.at(i).pointer, stretches.at(i).capacity);
  stretches.clear();
  span = 0;
  pending = -1;
}
