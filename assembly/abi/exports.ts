// The exported functions: they check the order of calls and the arguments, then delegate. docs/ABI.md is their contract.

import { allocate, blockBytes, release } from "../bytes/heap";
import { clearStrings, intern, internLiteral } from "../bytes/strings";
import { CLIENT, clearReaders, finishReading } from "../dialect/registry";
import { beginBatches, chooseAll, chooseTrace, clearBatches, nextBatch, setResource } from "../otlp/batch";
import { clearContent, neededAddress, takeNeeded } from "../otlp/content";
import { beginKeeping } from "../json/window";
import { assemble } from "../session/assemble";
import { joinAgents } from "../session/agents";
import { STATE, clearCounts } from "../session/counts";
import { placeJournals } from "../session/journal";
import { clearModel } from "../session/model";
import { documents } from "../session/record";
import { pairResults, settle } from "../session/settle";
import { audit, clearAudit } from "../trace/audit";
import { buildTraces } from "../trace/build";
import { clearTrace, traces } from "../trace/spans";
import * as LAYOUT from "./layout";
import { closeDocument, openDocument, readBytes, reserveInput } from "./reading";
import { describeTable } from "./tables";

// Where the caller is in the order of calls.
const CLOSED = 0;
const OPEN = 1;
const READING = 2;
const FINISHED = 3;
const ENCODING = 4;
const WAITING = 5; // bytes were asked for

let step: i32 = CLOSED;
let shape: i32 = 0;
let content: i32 = 0;
let batchBytes: u32 = 0;
let agentName: u32 = 0;
let profile: u32 = 0;

/** Room for names and options; bytes of documents have their own window. */
let spare: usize = 0;
let spareSize: u32 = 0;
let lastInput: u32 = 0;

function fault(code: i32, detail: u32 = 0): i32 {
  store<i32>(STATE + LAYOUT.STATE_FAULT_CODE, code);
  store<u32>(STATE + LAYOUT.STATE_FAULT_DETAIL, detail);
  return code;
}

/** ABI_VERSION of this module. */
export function abi_version(): i32 {
  return LAYOUT.ABI_VERSION;
}

/** Address of the state block, fixed for the life of the instance. */
export function state(): usize {
  return STATE;
}

/** Begins a session family; forgets the one before. Any time. */
export function open(newShape: i32, newContent: i32, newBatchBytes: i32): i32 {
  if (newShape != LAYOUT.SHAPE_TURNS && newShape != LAYOUT.SHAPE_SESSION) return fault(LAYOUT.FAULT_ARGUMENT, 1);
  if (newContent != LAYOUT.CONTENT_METADATA && newContent != LAYOUT.CONTENT_FULL) return fault(LAYOUT.FAULT_ARGUMENT, 2);
  if (newBatchBytes < 0) return fault(LAYOUT.FAULT_ARGUMENT, 3);
  clear();
  shape = newShape;
  content = newContent;
  batchBytes = newBatchBytes ? newBatchBytes : LAYOUT.BATCH_BYTES;
  agentName = 0;
  profile = LAYOUT.PROFILE_GENAI;
  keep(LAYOUT.KEPT_BYTES);
  step = OPEN;
  return LAYOUT.OK;
}

/** Content is all that is looked at twice. */
function keep(bytes: u32): void {
  beginKeeping(content == LAYOUT.CONTENT_FULL ? bytes : 0);
}

function clear(): void {
  clearBatches();
  clearContent();
  clearAudit();
  clearTrace();
  clearModel();
  clearStrings();
  clearReaders();
  clearCounts();
}

/** Sets an option (OPTION_*) to the `length` bytes at the last input address. Before the first document. */
export function option(key: i32, length: i32): i32 {
  if (step != OPEN || documents.rows) return fault(LAYOUT.FAULT_CALL_ORDER);
  if (length < 0 || <u32>length > lastInput) return fault(LAYOUT.FAULT_ARGUMENT, 2);
  if (key == LAYOUT.OPTION_AGENT_NAME) {
    if (!length) return fault(LAYOUT.FAULT_ARGUMENT, 2);
    agentName = intern(spare, length);
  } else if (key == LAYOUT.OPTION_RESOURCE) {
    let zero = 0;
    while (zero < length && load<u8>(spare + zero)) zero++;
    if (!zero || zero == length) return fault(LAYOUT.FAULT_ARGUMENT, 2);
    setResource(intern(spare, zero), intern(spare + zero + 1, length - zero - 1));
  } else if (key == LAYOUT.OPTION_PROFILE) {
    if (length != 1 || <i32>load<u8>(spare) >= LAYOUT.PROFILES) return fault(LAYOUT.FAULT_ARGUMENT, 2);
    profile = load<u8>(spare);
  } else if (key == LAYOUT.OPTION_KEPT_BYTES) {
    if (length != 4) return fault(LAYOUT.FAULT_ARGUMENT, 2);
    keep(load<u32>(spare));
  } else {
    return fault(LAYOUT.FAULT_ARGUMENT, 1);
  }
  return LAYOUT.OK;
}

/** Address of at least `size` bytes to write; 0 if that cannot be. What they are for depends on the call that follows. */
export function input(size: i32): usize {
  if (size < 0 || size > 0x40000000) return 0;
  lastInput = size;
  if (step == READING) return reserveInput(size);
  if (step == WAITING) return <u32>size > load<u32>(STATE + LAYOUT.STATE_NEED_LENGTH) ? 0 : neededAddress();
  if (<u32>size > spareSize) {
    release(spare, spareSize);
    spareSize = <u32>blockBytes(size);
    spare = allocate(spareSize);
  }
  return spare;
}

/** Begins a document whose name is the `nameLength` bytes at the last input address; answers its index. */
export function begin_document(nameLength: i32): i32 {
  if (step != OPEN) return fault(LAYOUT.FAULT_CALL_ORDER);
  if (nameLength < 0 || <u32>nameLength > lastInput) return fault(LAYOUT.FAULT_ARGUMENT, 1);
  step = READING;
  lastInput = 0;
  return openDocument(spare, nameLength);
}

/** Takes `length` bytes of the document, written at the last input address. */
export function feed(length: i32): i32 {
  if (step != READING) return fault(LAYOUT.FAULT_CALL_ORDER);
  if (length < 0 || <u32>length > lastInput) return fault(LAYOUT.FAULT_ARGUMENT, 1);
  lastInput = 0;
  readBytes(length, false);
  return LAYOUT.OK;
}

/** Ends the document. */
export function end_document(): i32 {
  if (step != READING) return fault(LAYOUT.FAULT_CALL_ORDER);
  closeDocument();
  step = OPEN;
  return LAYOUT.OK;
}

/** Puts the family together: no document may follow. */
export function finish(): i32 {
  if (step != OPEN) return fault(LAYOUT.FAULT_CALL_ORDER);
  finishReading();
  assemble();
  pairResults();
  joinAgents();
  settle();
  placeJournals();
  buildTraces(shape, internLiteral(CLIENT));
  step = FINISHED;
  return LAYOUT.OK;
}

/** Chooses the trace at this row of its table: encode() then hands out chosen ones only. -1 chooses all again. After finish. */
export function choose(trace: i32): i32 {
  if (step != FINISHED && step != ENCODING) return fault(LAYOUT.FAULT_CALL_ORDER);
  if (trace < -1 || trace >= <i32>traces.rows) return fault(LAYOUT.FAULT_ARGUMENT, 1);
  if (trace < 0) chooseAll();
  else chooseTrace(trace);
  step = FINISHED;
  return LAYOUT.OK;
}

/** Begins handing out requests in a format (FORMAT_*), from the first span. After finish, as often as wanted. */
export function encode(format: i32): i32 {
  if (step < FINISHED) return fault(LAYOUT.FAULT_CALL_ORDER);
  if (format != LAYOUT.FORMAT_PROTO && format != LAYOUT.FORMAT_JSON) return fault(LAYOUT.FAULT_ARGUMENT, 1);
  clearContent();
  beginBatches(format, batchBytes, content == LAYOUT.CONTENT_FULL, agentName, internLiteral(CLIENT), profile);
  step = ENCODING;
  return LAYOUT.OK;
}

/** The next request: BATCH, NEED (bring bytes, then call again) or DONE. */
export function next(): i32 {
  if (step != ENCODING) return fault(LAYOUT.FAULT_CALL_ORDER);
  const status = nextBatch();
  if (status == LAYOUT.NEED) step = WAITING;
  return status;
}

/** Takes the bytes that next() asked for, written at the last input address. */
export function supply(length: i32): i32 {
  if (step != WAITING) return fault(LAYOUT.FAULT_CALL_ORDER);
  if (length < 0 || <u32>length > lastInput || !takeNeeded(length)) return fault(LAYOUT.FAULT_SOURCE);
  lastInput = 0;
  step = ENCODING;
  return LAYOUT.OK;
}

/** Address of a table's description (TABLE_*); 0 for a table nobody knows. */
export function table(id: i32): usize {
  if (id >= LAYOUT.TABLE_INVOCATIONS && step >= FINISHED) audit();
  return describeTable(id);
}

/** Forgets the family; its memory stays for the next one. */
export function close(): i32 {
  clear();
  step = CLOSED;
  return LAYOUT.OK;
}
