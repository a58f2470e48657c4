// Where the reading of a strand stands: which turn is current, which command and which messages wait for an answer.
// What a prompt opens, and whose an answer is, is decided here.

import { intern, stringLength, stringPointer } from "../bytes/strings";
import { keep } from "../bytes/arena";
import { Cell, Table } from "../bytes/table";
import { writeDecimal } from "../bytes/decimal";
import { SKIP_ATTACHMENT, SKIP_INJECTED, SKIP_PROGRESS } from "../abi/layout";
import { isDelivered } from "./queue";
import {
  ORIGIN_NOTIFICATION,
  ORIGIN_PERSON,
  ORIGIN_SYNTHETIC,
  ORIGIN_UNPROMPTED,
  SCOPE_INTERRUPTED,
  SCOPE_TURN,
  SCOPE_UNDER_WAY,
  responses,
  scopeOfPrompt,
  scopes,
} from "./model";
import {
  ROW_ASIDE,
  ROW_BETWEEN,
  ROW_IS_INPUT,
  ROW_PROGRESS,
  ROW_PROMPT,
  ROW_SYNTHETIC,
  ROW_UNDER_WAY,
  ROW_UNPROMPTED,
  Row,
  Strand,
  rows,
} from "./record";

// Scopes and rows are index + 1, 0 is none.
export let turn: u32 = 0;
/** A slash command nobody has answered yet, and whether its output was there. */
let command: u32 = 0;
let commandTold: bool = false;
/** Messages that wait for an answer, chained by Row.next. */
let waiting: u32 = 0;
let lastWaiting: u32 = 0;
/** Compactions behind the end of the current turn: rows that belong to what comes next. */
const between = new Table<Cell>();

export function beginTurns(): void {
  turn = 0;
  command = 0;
  waiting = 0;
  between.clear();
}

/** Another turn is the current one. */
export function goOnWith(scope: u32): void {
  if (scope != turn) passOn(scope);
  turn = scope;
}

export function belong(at: u32, scope: u32): void {
  const row = rows.at(at);
  const it = scopes.at(scope - 1);
  row.scope = scope;
  it.last = at + 1;
  if (row.kind == ROW_PROMPT) it.flags = row.flags & ROW_UNDER_WAY ? it.flags | SCOPE_UNDER_WAY : it.flags & ~SCOPE_UNDER_WAY;
}

/** The row says nothing after all. What the client told in another way is skipped as that; queued words were heard. */
export function skip(row: Row, reason: u32): void {
  if (isDelivered(row)) return;
  row.skipped = (row.flags & ROW_PROGRESS ? SKIP_PROGRESS : row.flags & ROW_ASIDE ? SKIP_ATTACHMENT : reason) + 1;
}

// --- prompts

export function readCommand(at: u32): void {
  dropCommand();
  command = at + 1;
  commandTold = false;
}

/** What a command printed was there. */
export function noteOutput(): void {
  if (command) commandTold = true;
}

export function readMessage(at: u32): void {
  if (commandTold) dropCommand();
  if (waiting) rows.at(lastWaiting - 1).next = at + 1;
  else waiting = at + 1;
  lastWaiting = at + 1;
}

export function dropCommand(): void {
  if (command) skip(rows.at(command - 1), SKIP_INJECTED);
  command = 0;
  commandTold = false;
}

export function readPrompt(strand: Strand, at: u32): void {
  dropCommand();
  const row = rows.at(at);
  const known = row.promptId ? scopeOfPrompt.get(row.promptId) : -1;
  if (known >= 0) goOnWith(known + 1);
  else {
    openTurn(strand, at, row.flags & ROW_UNPROMPTED ? ORIGIN_UNPROMPTED : row.flags & ROW_SYNTHETIC ? ORIGIN_SYNTHETIC : ORIGIN_PERSON);
    namePrompt(row.promptId);
  }
  if (row.flags & ROW_UNPROMPTED) belong(at, turn);
  else addPrompt(at);
}

function namePrompt(promptId: u64): void {
  if (promptId) scopeOfPrompt.add(promptId, turn - 1);
}

/** One more row of the current turn's prompt. */
function addPrompt(at: u32): void {
  const it = scopes.at(turn - 1);
  if (it.promptEnd) rows.at(it.promptEnd - 1).next = at + 1;
  else it.prompt = at + 1;
  it.promptEnd = at + 1;
  rows.at(at).next = 0;
  rows.at(at).flags |= ROW_IS_INPUT;
  belong(at, turn);
}

export function openTurn(strand: Strand, at: u32, origin: u32): void {
  const it = scopes.add();
  it.kind = SCOPE_TURN;
  it.origin = origin;
  it.row = at + 1;
  it.leader = scopes.rows;
  it.identity = identityOf(strand, at);
  if (origin == ORIGIN_UNPROMPTED && rows.at(at).message) it.identity = rows.at(at).message;
  goOnWith(scopes.rows);
}

/** What a row is called: its uuid, or its place if it has none. */
export function identityOf(strand: Strand, at: u32): u32 {
  const row = rows.at(at);
  if (row.identity) return row.identity;
  const length = stringLength(strand.session);
  const name = keep(length + 24);
  memory.copy(name, stringPointer(strand.session), length);
  store<u8>(name + length, 0x3a);
  const end = writeDecimal(row.line, name + length + 1);
  return intern(name, <u32>(end - name));
}

// --- compactions between turns

/** A compaction is part of what goes on behind it: of the current turn, unless that is finished. */
export function readCompaction(at: u32): void {
  if (isFinished()) awaitNext(at);
  else rows.at(at).flags |= ROW_IS_INPUT; // what it left is what the model reads next
}

/** Until something comes, it stands on the turn before it: that may be sent already, and is as it was. */
export function awaitNext(at: u32): void {
  rows.at(at).flags |= ROW_BETWEEN;
  between.add().value = at;
}

/** What stands between the turns belongs to this one (scope + 1). */
function passOn(scope: u32): void {
  for (let i: u32 = 0; i < between.rows; i++) {
    const at = between.at(i).value;
    const row = rows.at(at);
    if (!(row.flags & ROW_BETWEEN)) continue;
    row.flags = (row.flags & ~ROW_BETWEEN) | ROW_IS_INPUT;
    if (row.scope == scope) continue;
    const before = scopes.at(row.scope - 1);
    row.next = before.passedOn;
    before.passedOn = at + 1;
    row.scope = scope;
  }
  between.clear();
}

/** Has the current turn nothing more to say? */
function isFinished(): bool {
  if (!turn) return true;
  const it = scopes.at(turn - 1);
  if (it.flags & SCOPE_INTERRUPTED) return true;
  return it.lastResponse != 0 && !responses.at(it.lastResponse - 1).made;
}

/** The turn that an answer belongs to: that of a command or of messages waiting for it, or the current one. 0 if there is none. */
export function answered(strand: Strand): u32 {
  const finished = isFinished();
  const first = waiting;
  waiting = 0;
  if (command && (finished || !commandTold)) {
    const at = command - 1;
    command = 0;
    commandTold = false;
    openTurn(strand, at, ORIGIN_PERSON);
    addPrompt(at);
    namePrompt(rows.at(at).promptId);
  } else {
    dropCommand();
    if (first && finished) {
      openTurn(strand, first - 1, ORIGIN_NOTIFICATION);
      for (let at = first; at; ) {
        const next = rows.at(at - 1).next;
        addPrompt(at - 1);
        at = next;
      }
      return turn;
    }
  }
  if (!turn) return 0;
  passOn(turn);
  for (let at = first; at; ) {
    const row = rows.at(at - 1);
    row.flags |= ROW_IS_INPUT;
    row.scope = turn;
    at = row.next;
    row.next = 0;
  }
  return turn;
}
