// Cuts the spans into requests under a byte limit. Every request is complete by itself: resource, scope, spans.
// A span that alone is over the limit travels alone.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { keepCopy } from "../bytes/arena";
import { intern } from "../bytes/strings";
import { BATCH, DONE, FORMAT_PROTO, NEED, STATE_OUT_LENGTH, STATE_OUT_POINTER, STATE_OUT_SPANS } from "../abi/layout";
import { STATE } from "../session/counts";
import { spans, traces } from "../trace/spans";
import { putNamed } from "./attributes";
import { nextSpan } from "./content";
import { encodeSpan } from "./encode";
import { beginEvents } from "./events";
import {
  REQUEST_RESOURCE_SPANS,
  RESOURCE_ATTRIBUTES,
  RESOURCE_SPANS_RESOURCE,
  RESOURCE_SPANS_SCOPE_SPANS,
  SCOPE_NAME_FIELD,
  SCOPE_SPANS_SCHEMA_URL,
  SCOPE_SPANS_SCOPE,
  SCOPE_VERSION_FIELD,
} from "./fields";
import { setMode } from "./mode";
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION, SERVICE_NAME } from "./names";
import { ensure, out, outLength, putByte, putBytes, putLiteral, setLength } from "./output";
import { varintBytes, writeVarint } from "./proto";
import { isReady } from "./ready";
import * as sink from "./sink";
import { Cell, Table } from "../bytes/table";

/** Resource attributes set by the host: key and value, strings, two cells each. */
const resource = new Table<Cell>();

/** Sets a resource attribute; a key set before keeps its place. */
export function setResource(key: u32, value: u32): void {
  for (let i: u32 = 0; i < resource.rows; i += 2) {
    if (resource.at(i).value != key) continue;
    resource.at(i + 1).value = value;
    return;
  }
  resource.add().value = key;
  resource.add().value = value;
}

/** Only chosen traces are encoded. */
let choosing: bool = false;

/** Encodes this trace, and of the others only those that were chosen, too. */
export function chooseTrace(index: u32): void {
  choosing = true;
  traces.at(index).chosen = 1;
}

/** Encodes every trace again. */
export function chooseAll(): void {
  choosing = false;
  for (let i: u32 = 0; i < traces.rows; i++) traces.at(i).chosen = 0;
}

let format: i32 = FORMAT_PROTO;
let limit: usize = 0;
let cursor: u32 = 0;
/** The span at hand was announced to content.ts. */
let announced: bool = false;

// The request at hand: where its spans begin, how many there are. What stands before and behind the spans is made once.
let start: usize = 0;
let held: u32 = 0;
let head: usize = 0;
let headLength: usize = 0;
let tail: usize = 0;
let tailLength: usize = 0;
/** Length of the resource within `head`; a protobuf head is these, then the scope. */
let resourceLength: usize = 0;

/** Begins with the first span. `agent` is 0 if each is called as its client; `client` is the one where there are no spans. */
export function beginBatches(as: i32, batchBytes: u32, withContent: bool, agent: u32, client: u32, profile: u32): void {
  forgetRequest();
  format = as;
  sink.setFormat(as);
  limit = batchBytes;
  announced = false;
  setMode(withContent, agent, profile);
  beginEvents();
  // nothing else was said: what the first span is called after, the client that wrote it
  if (!agent) agent = spans.rows ? spans.at(0).name : client;
  if (format == FORMAT_PROTO) makeProtoEnds(agent);
  else makeJsonEnds(agent);
  start = headRoom();
  setLength(start);
  ensure(start);
}

/** Bytes before the spans: in protobuf the lengths are not known yet, so the most they can take. */
function headRoom(): usize {
  return format == FORMAT_PROTO ? headLength + 32 : headLength;
}

function putResource(agent: u32): void {
  sink.open(RESOURCE_SPANS_RESOURCE, "resource", 128);
  sink.openList("attributes");
  setServiceName(agent);
  for (let i: u32 = 0; i < resource.rows; i += 2) putNamed(RESOURCE_ATTRIBUTES, resource.at(i).value, resource.at(i + 1).value);
  sink.closeList();
  sink.close();
}

/** The service is the agent, and stands first, unless the host called it something else. */
function setServiceName(agent: u32): void {
  const key = intern(asciiBytes(SERVICE_NAME), asciiLength(SERVICE_NAME));
  let at: u32 = 0;
  while (at < resource.rows && resource.at(at).value != key) at += 2;
  const value = at < resource.rows ? resource.at(at + 1).value : agent;
  if (at == resource.rows) {
    resource.add();
    resource.add();
  }
  for (; at; at -= 2) {
    resource.at(at).value = resource.at(at - 2).value;
    resource.at(at + 1).value = resource.at(at - 1).value;
  }
  resource.at(0).value = key;
  resource.at(1).value = value;
}

function putScope(): void {
  sink.open(SCOPE_SPANS_SCOPE, "scope", 32);
  sink.whole(SCOPE_NAME_FIELD, "name", asciiBytes(SCOPE_NAME), asciiLength(SCOPE_NAME));
  sink.whole(SCOPE_VERSION_FIELD, "version", asciiBytes(SCOPE_VERSION), asciiLength(SCOPE_VERSION));
  sink.close();
}

function makeProtoEnds(agent: u32): void {
  sink.clear();
  putResource(agent);
  resourceLength = outLength;
  putScope();
  headLength = outLength;
  head = keepCopy(out, outLength);
  setLength(0);
  sink.whole(SCOPE_SPANS_SCHEMA_URL, "schemaUrl", asciiBytes(SCHEMA_URL), asciiLength(SCHEMA_URL));
  tailLength = outLength;
  tail = keepCopy(out, outLength);
}

function makeJsonEnds(agent: u32): void {
  sink.clear();
  putLiteral('{"resourceSpans":[{');
  putResource(agent);
  putLiteral(',"scopeSpans":[{');
  sink.clear();
  putScope();
  putLiteral(',"spans":[');
  headLength = outLength;
  head = keepCopy(out, outLength);
  setLength(0);
  putLiteral('],"schemaUrl":"');
  putBytes(asciiBytes(SCHEMA_URL), asciiLength(SCHEMA_URL));
  putLiteral('"}]}]}');
  tailLength = outLength;
  tail = keepCopy(out, outLength);
}

/** The next request: BATCH, NEED or DONE. */
export function nextBatch(): i32 {
  dropSent();
  while (cursor < spans.rows) {
    if (choosing && !announced) {
      const trace = traces.at(spans.at(cursor).trace);
      if (!trace.chosen) {
        cursor = trace.firstSpan + trace.spans;
        continue;
      }
    }
    if (!announced) {
      nextSpan();
      announced = true;
    }
    if (!isReady(cursor)) return NEED;
    const before = outLength;
    if (held && format != FORMAT_PROTO) {
      putByte(0x2c);
    }
    sink.clear();
    encodeSpan(cursor);
    announced = false;
    cursor++;
    if (held && outLength - start + headRoom() + tailLength > limit) return finishBatch(before);
    held++;
  }
  return held ? finishBatch(outLength) : DONE;
}

/** What was encoded beyond the request just handed out begins the next one. */
let sent: usize = 0;
let sentEnd: usize = 0;

/** Closes the request before offset `end`; a span behind it is kept for the next one. */
function finishBatch(end: usize): i32 {
  const encoded = outLength;
  // the tail goes where the kept span may stand: move that one out of the way first
  const kept = encoded - end;
  ensure(tailLength);
  if (kept) memory.copy(out + end + tailLength, out + end, kept);
  memory.copy(out + end, tail, tailLength);
  sent = end + tailLength;
  sentEnd = encoded + tailLength;
  setLength(sentEnd);
  let first: usize = 0;
  if (format == FORMAT_PROTO) {
    const scope = headLength - resourceLength;
    const scopeSpans = scope + (end - start) + tailLength;
    const resourceSpans = resourceLength + 1 + varintBytes(scopeSpans) + scopeSpans;
    first = start - (headLength + 1 + varintBytes(scopeSpans) + 1 + varintBytes(resourceSpans));
    let at = out + first;
    store<u8>(at++, (REQUEST_RESOURCE_SPANS << 3) | 2);
    at = writeVarint(resourceSpans, at);
    memory.copy(at, head, resourceLength);
    at += resourceLength;
    store<u8>(at++, (RESOURCE_SPANS_SCOPE_SPANS << 3) | 2);
    at = writeVarint(scopeSpans, at);
    memory.copy(at, head + resourceLength, scope);
  } else {
    memory.copy(out, head, headLength);
  }
  store<u32>(STATE + STATE_OUT_POINTER, <u32>(out + first));
  store<u32>(STATE + STATE_OUT_LENGTH, <u32>(sent - first));
  store<u32>(STATE + STATE_OUT_SPANS, held);
  held = kept ? 1 : 0;
  return BATCH;
}

function dropSent(): void {
  if (!sent) return;
  let from = sent;
  // the comma that stood before a kept JSON span
  if (held && format != FORMAT_PROTO) from++;
  memory.copy(out + start, out + from, sentEnd - from);
  setLength(start + sentEnd - from);
  sent = 0;
  sentEnd = 0;
}

export function clearBatches(): void {
  resource.clear();
  choosing = false;
  forgetRequest();
}

/** Nothing is held, and nothing of a request handed out is waiting to be dropped. */
function forgetRequest(): void {
  held = 0;
  sent = 0;
  sentEnd = 0;
  cursor = 0;
  setLength(0);
}
