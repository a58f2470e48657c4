// Names of the fields that are read, as numbers. tests/unit/dialect/opencode-keys.spec.ts holds each against its name.

import { key as found } from "../../json/cursor";
import { makeKeys } from "../../json/keys";

// What a record has as strings comes first, in the order of its places in fields.ts: ID to URL.
export const ID: u32 = 1;
export const TYPE: u32 = 2;
export const SESSION_ID: u32 = 3;
export const MESSAGE_ID: u32 = 4;
export const PARENT_ID: u32 = 5;
export const ROLE: u32 = 6;
export const AGENT: u32 = 7;
export const MODEL_ID: u32 = 8;
export const PROVIDER_ID: u32 = 9;
export const FINISH: u32 = 10;
export const DIRECTORY: u32 = 11;
export const VERSION: u32 = 12;
export const TITLE: u32 = 13;
export const TEXT: u32 = 14;
export const TOOL: u32 = 15;
export const PROMPT: u32 = 16;
export const MIME: u32 = 17;
export const URL: u32 = 18;
export const PAYLOAD: u32 = 19;
export const SYNC_EVENT: u32 = 20;
export const PROPERTIES: u32 = 21;
export const DATA: u32 = 22;
export const TIMESTAMP: u32 = 23;
export const PART_ID: u32 = 24;
export const PART: u32 = 25;
export const INFO: u32 = 26;
export const FIELD: u32 = 27;
export const DELTA: u32 = 28;
export const ERROR: u32 = 29;
export const TIME: u32 = 30;
export const STATUS: u32 = 31;
export const REQUEST_ID: u32 = 32;
export const PERMISSION_ID: u32 = 33;
export const PERMISSION: u32 = 34;
export const REPLY: u32 = 35;
export const RESPONSE: u32 = 36;
export const CALL_ID: u32 = 37;
export const ATTEMPT: u32 = 38;
export const NEXT: u32 = 39;
export const STATE: u32 = 40;
export const SYNTHETIC: u32 = 41;
export const IGNORED: u32 = 42;
export const COST: u32 = 43;
export const TOKENS: u32 = 44;
export const MODE: u32 = 45;
export const PATH: u32 = 46;
export const CWD: u32 = 47;
export const REASON: u32 = 48;
export const SUMMARY: u32 = 49;
export const AUTO: u32 = 50;
export const INPUT: u32 = 51;
export const OUTPUT: u32 = 52;
export const METADATA: u32 = 53;
export const SUBAGENT_TYPE: u32 = 54;
export const DESCRIPTION: u32 = 55;
export const TASK_ID: u32 = 56;
export const CAMEL_SESSION_ID: u32 = 57; // sessionId
export const EXIT: u32 = 58;
export const BACKGROUND: u32 = 59;
export const INTERRUPTED: u32 = 60;
export const CREATED: u32 = 61;
export const UPDATED: u32 = 62;
export const COMPLETED: u32 = 63;
export const START: u32 = 64;
export const END: u32 = 65;
export const TOTAL: u32 = 66;
export const REASONING: u32 = 67;
export const CACHE: u32 = 68;
export const READ: u32 = 69;
export const WRITE: u32 = 70;
export const NAME: u32 = 71;
export const MESSAGE: u32 = 72;
export const STATUS_CODE: u32 = 73;

/** In the order of their numbers, a space behind each. */
const NAMES =
  "id type sessionID messageID parentID role agent modelID providerID finish directory version title text tool prompt mime url payload syncEvent properties data timestamp partID part info field delta error time status requestID permissionID permission reply response callID attempt next state synthetic ignored cost tokens mode path cwd reason summary auto input output metadata subagent_type description task_id sessionId exit background interrupted created updated completed start end total reasoning cache read write name message statusCode ";

export const KEYS: usize = memory.data(256 + 24 * 74, 8);

/** To be called before anything is read. */
export function readyKeys(): void {
  makeKeys(KEYS, NAMES);
}

/** Number of the key at hand, of a row that is read with KEYS; 0 if it is none of these. */
// @ts-ignore: decorator
@inline
export function key(): u32 {
  return found;
}
