// The numbers by which opencode's fields are told, each held against its name: a key has it by that name, and by no other.

import * as KEY from "../../../assembly/dialect/opencode/keys";
import { beginRow, enter, nextMember, skip } from "../../../assembly/json/cursor";
import { row } from "../support/row";

const NAMES: StaticArray<string> = ["id", "type", "sessionID", "messageID", "parentID", "role", "agent", "modelID", "providerID", "finish", "directory", "version", "title", "text", "tool", "prompt", "mime", "url", "payload", "syncEvent", "properties", "data", "timestamp", "partID", "part", "info", "field", "delta", "error", "time", "status", "requestID", "permissionID", "permission", "reply", "response", "callID", "attempt", "next", "state", "synthetic", "ignored", "cost", "tokens", "mode", "path", "cwd", "reason", "summary", "auto", "input", "output", "metadata", "subagent_type", "description", "task_id", "sessionId", "exit", "background", "interrupted", "created", "updated", "completed", "start", "end", "total", "reasoning", "cache", "read", "write", "name", "message", "statusCode"];
const NUMBERS: StaticArray<u32> = [KEY.ID, KEY.TYPE, KEY.SESSION_ID, KEY.MESSAGE_ID, KEY.PARENT_ID, KEY.ROLE, KEY.AGENT, KEY.MODEL_ID, KEY.PROVIDER_ID, KEY.FINISH, KEY.DIRECTORY, KEY.VERSION, KEY.TITLE, KEY.TEXT, KEY.TOOL, KEY.PROMPT, KEY.MIME, KEY.URL, KEY.PAYLOAD, KEY.SYNC_EVENT, KEY.PROPERTIES, KEY.DATA, KEY.TIMESTAMP, KEY.PART_ID, KEY.PART, KEY.INFO, KEY.FIELD, KEY.DELTA, KEY.ERROR, KEY.TIME, KEY.STATUS, KEY.REQUEST_ID, KEY.PERMISSION_ID, KEY.PERMISSION, KEY.REPLY, KEY.RESPONSE, KEY.CALL_ID, KEY.ATTEMPT, KEY.NEXT, KEY.STATE, KEY.SYNTHETIC, KEY.IGNORED, KEY.COST, KEY.TOKENS, KEY.MODE, KEY.PATH, KEY.CWD, KEY.REASON, KEY.SUMMARY, KEY.AUTO, KEY.INPUT, KEY.OUTPUT, KEY.METADATA, KEY.SUBAGENT_TYPE, KEY.DESCRIPTION, KEY.TASK_ID, KEY.CAMEL_SESSION_ID, KEY.EXIT, KEY.BACKGROUND, KEY.INTERRUPTED, KEY.CREATED, KEY.UPDATED, KEY.COMPLETED, KEY.START, KEY.END, KEY.TOTAL, KEY.REASONING, KEY.CACHE, KEY.READ, KEY.WRITE, KEY.NAME, KEY.MESSAGE, KEY.STATUS_CODE];

describe("opencode's keys", () => {
  it("are told by their names", () => {
    KEY.readyKeys();
    for (let name = 0; name < NAMES.length; name++) {
      row('{"' + unchecked(NAMES[name]) + '":1}');
      beginRow(KEY.KEYS);
      enter();
      nextMember();
      expect(KEY.key()).toBe(unchecked(NUMBERS[name]), unchecked(NAMES[name]));
    }
  });

  it("are all different", () => {
    for (let a = 0; a < NUMBERS.length; a++) for (let b = 0; b < a; b++) expect(unchecked(NUMBERS[a])).not.toBe(unchecked(NUMBERS[b]));
  });

  it("are told from what only begins or ends like one", () => {
    KEY.readyKeys();
    for (let name = 0; name < NAMES.length; name++) {
      row('{"x' + unchecked(NAMES[name]) + '":1,"' + unchecked(NAMES[name]) + 'x":1,"":1}');
      beginRow(KEY.KEYS);
      enter();
      while (nextMember()) {
        expect(KEY.key()).toBe(0, unchecked(NAMES[name]));
        skip();
      }
    }
  });
});
