// The numbers by which opencode's fields are told, each held against its name: it is true for that key, and for no other.

import * as KEY from "../../../assembly/dialect/opencode/keys";
import { enter, nextMember, skip } from "../../../assembly/json/cursor";
import { row } from "../support/row";

const NAMES: StaticArray<string> = ["id", "type", "payload", "syncEvent", "properties", "data", "timestamp", "sessionID", "messageID", "partID", "part", "info", "field", "delta", "error", "time", "status", "requestID", "permissionID", "permission", "reply", "response", "tool", "callID", "attempt", "next", "parentID", "role", "text", "state", "synthetic", "ignored", "cost", "tokens", "modelID", "providerID", "agent", "mode", "path", "cwd", "directory", "version", "title", "finish", "reason", "summary", "auto", "mime", "url", "prompt", "input", "output", "metadata", "subagent_type", "description", "task_id", "sessionId", "exit", "background", "interrupted", "created", "updated", "completed", "start", "end", "total", "reasoning", "cache", "read", "write", "name", "message", "statusCode"];

/** Is the key at hand the one at this place of the list? */
function is(place: i32): bool {
  switch (place) {
    case 0:
      return KEY.isId();
    case 1:
      return KEY.isType();
    case 2:
      return KEY.isPayload();
    case 3:
      return KEY.isSyncEvent();
    case 4:
      return KEY.isProperties();
    case 5:
      return KEY.isData();
    case 6:
      return KEY.isTimestamp();
    case 7:
      return KEY.isSessionId();
    case 8:
      return KEY.isMessageId();
    case 9:
      return KEY.isPartId();
    case 10:
      return KEY.isPart();
    case 11:
      return KEY.isInfo();
    case 12:
      return KEY.isField();
    case 13:
      return KEY.isDelta();
    case 14:
      return KEY.isError();
    case 15:
      return KEY.isTime();
    case 16:
      return KEY.isStatus();
    case 17:
      return KEY.isRequestId();
    case 18:
      return KEY.isPermissionId();
    case 19:
      return KEY.isPermission();
    case 20:
      return KEY.isReply();
    case 21:
      return KEY.isResponse();
    case 22:
      return KEY.isTool();
    case 23:
      return KEY.isCallId();
    case 24:
      return KEY.isAttempt();
    case 25:
      return KEY.isNext();
    case 26:
      return KEY.isParentId();
    case 27:
      return KEY.isRole();
    case 28:
      return KEY.isText();
    case 29:
      return KEY.isState();
    case 30:
      return KEY.isSynthetic();
    case 31:
      return KEY.isIgnored();
    case 32:
      return KEY.isCost();
    case 33:
      return KEY.isTokens();
    case 34:
      return KEY.isModelId();
    case 35:
      return KEY.isProviderId();
    case 36:
      return KEY.isAgent();
    case 37:
      return KEY.isMode();
    case 38:
      return KEY.isPath();
    case 39:
      return KEY.isCwd();
    case 40:
      return KEY.isDirectory();
    case 41:
      return KEY.isVersion();
    case 42:
      return KEY.isTitle();
    case 43:
      return KEY.isFinish();
    case 44:
      return KEY.isReason();
    case 45:
      return KEY.isSummary();
    case 46:
      return KEY.isAuto();
    case 47:
      return KEY.isMime();
    case 48:
      return KEY.isUrl();
    case 49:
      return KEY.isPrompt();
    case 50:
      return KEY.isInput();
    case 51:
      return KEY.isOutput();
    case 52:
      return KEY.isMetadata();
    case 53:
      return KEY.isSubagentType();
    case 54:
      return KEY.isDescription();
    case 55:
      return KEY.isTaskId();
    case 56:
      return KEY.isCamelSessionId();
    case 57:
      return KEY.isExit();
    case 58:
      return KEY.isBackground();
    case 59:
      return KEY.isInterrupted();
    case 60:
      return KEY.isCreated();
    case 61:
      return KEY.isUpdated();
    case 62:
      return KEY.isCompleted();
    case 63:
      return KEY.isStart();
    case 64:
      return KEY.isEnd();
    case 65:
      return KEY.isTotal();
    case 66:
      return KEY.isReasoning();
    case 67:
      return KEY.isCache();
    case 68:
      return KEY.isRead();
    case 69:
      return KEY.isWrite();
    case 70:
      return KEY.isName();
    case 71:
      return KEY.isMessage();
    default:
      return KEY.isStatusCode();
  }
}

describe("opencode's keys", () => {
  it("are told from each other", () => {
    for (let name = 0; name < NAMES.length; name++) {
      row('{"' + unchecked(NAMES[name]) + '":1}');
      enter();
      nextMember();
      for (let place = 0; place < NAMES.length; place++) expect(is(place)).toBe(place == name, unchecked(NAMES[name]) + " as " + unchecked(NAMES[place]));
    }
  });

  it("are told from what only begins or ends like one", () => {
    for (let name = 0; name < NAMES.length; name++) {
      row('{"x' + unchecked(NAMES[name]) + '":1,"' + unchecked(NAMES[name]) + 'x":1}');
      enter();
      while (nextMember()) {
        for (let place = 0; place < NAMES.length; place++) expect(is(place)).toBe(false, unchecked(NAMES[name]));
        skip();
      }
    }
  });
});
