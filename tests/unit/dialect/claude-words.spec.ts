// What a text begins with, and whose words it therefore is; types of rows. What a row becomes is decided elsewhere.

import {
  isAside,
  isCommand,
  isInjected,
  isMessage,
  isMetadataType,
  isOutput,
  isWord,
  saysFeedback,
  saysInterrupted,
  saysRejected,
  startsWith,
} from "../../../assembly/dialect/claude/words";
import { utf8 } from "../support/bytes";

function starts(written: string, text: string): bool {
  const bytes = utf8(written);
  return startsWith(bytes.from, bytes.end, text);
}

function word(written: string, text: string): bool {
  const bytes = utf8(written);
  return isWord(bytes.from, bytes.end, text);
}

/** Everything that is said of a text. */
function said(written: string): string {
  const bytes = utf8(written);
  const from = bytes.from;
  const end = bytes.end;
  let text = "";
  if (saysRejected(from, end)) text += "rejected ";
  if (saysInterrupted(from, end)) text += "interrupted ";
  if (isAside(from, end)) text += "aside ";
  if (isCommand(from, end)) text += "command ";
  if (isMessage(from, end)) text += "message ";
  if (isOutput(from, end)) text += "output ";
  if (saysFeedback(from, end)) text += "feedback ";
  if (isInjected(from, end)) text += "injected ";
  return text.trimEnd();
}

class Beginning {
  constructor(
    public text: string,
    public said: string,
  ) {}
}

// docs/SPANS.md, "Turns" and "Calls".
const BEGINNINGS: StaticArray<Beginning> = [
  new Beginning("The user doesn't want to proceed with this tool use", "rejected"),
  new Beginning("[Request interrupted by user", "interrupted"),
  new Beginning("<ide_opened_file>", "aside"),
  new Beginning("<ide_selection>", "aside"),
  new Beginning("<system-reminder>", "aside injected"),
  new Beginning("<session-start-hook>", "injected"),
  new Beginning("<user-prompt-submit-hook>", "injected"),
  new Beginning("<post-tool-use-hook>", "injected"),
  new Beginning("<command-name>", "command"),
  new Beginning("<command-message>", "command"),
  new Beginning("<task-notification>", "message"),
  new Beginning("<teammate-message", "message"),
  new Beginning("Another Claude session sent a message:", "message"),
  new Beginning("<local-command-stdout>", "output"),
  new Beginning("<local-command-stderr>", "output"),
  new Beginning("<local-command-caveat>", "injected"),
  new Beginning("<bash-input>", "injected"),
  new Beginning("<bash-stdout>", "injected"),
  new Beginning("<bash-stderr>", "injected"),
  new Beginning("Caveat: The messages below were generated", "injected"),
  new Beginning("[Image: source:", "injected"),
  new Beginning("Base directory for this skill:", "injected"),
  new Beginning("Stop hook feedback:", "feedback"),
  new Beginning("This session is being continued from a previous conversation", "injected"),
];

const METADATA: StaticArray<string> = [
  "api-request",
  "api-request-blob",
  "api-request-shape",
  "tools-used",
  "agent-color", "agent-name", "agent-setting", "ai-title", "artifact-autoreact-ledger", "artifact-comment-monitor", "atis-latch",
  "attribution-snapshot", "bridge-session", "content-replacement", "continued-in", "cost-state", "custom-title", "ended-by-model",
  "fork-context-ref", "frame-link", "history-suppression", "isolation-latch", "last-prompt", "mode", "permission-mode", "pr-link",
  "relocated", "tag", "worktree-state",
];

/** A character as re-serialised transcripts write it. */
function escaped(code: i32): string {
  return "\\u00" + code.toString(16).padStart(2, "0");
}

describe("a beginning", () => {
  test("is the whole literal, and not a part of it", () => {
    expect(starts("abc", "abc") && starts("abcd", "abc") && starts("abc", "") && starts("", "")).toBe(true);
    expect(starts("ab", "abc") || starts("", "a") || starts("xabc", "abc") || starts("ABC", "abc") || starts(" abc", "abc")).toBe(false);
  });

  test("ends where the text does, whatever stands behind", () => {
    const bytes = utf8("abcdef");
    expect(startsWith(bytes.from, bytes.from + 2, "abc")).toBe(false);
    expect(startsWith(bytes.from, bytes.from + 3, "abc")).toBe(true);
    const escape = utf8("ab\\u0063");
    expect(startsWith(escape.from, escape.from + 7, "abc")).toBe(false);
    expect(startsWith(escape.from, escape.from + 8, "abc")).toBe(true);
  });

  test("may be written with escapes", () => {
    expect(starts("\\u003cbash-input\\u003e", "<bash-input>")).toBe(true);
    expect(starts("\\u003Cbash-input\\u003Ex", "<bash-input>")).toBe(true);
    expect(starts("\\u003dbash-input>", "<bash-input>")).toBe(false);
    expect(starts("\\u013cbash-input>", "<bash-input>")).toBe(false);
    expect(starts("a\\/b", "a/b") && starts('\\"a', '"a') && starts("\\\\a", "\\a")).toBe(true);
    expect(starts("\\u003", "<") || starts("\\", "\\")).toBe(false);
  });

  test("is no control character where the literal has a letter", () => {
    expect(starts("<command-\\name>", "<command-name>")).toBe(false);
    expect(starts("<\\bash-input>", "<bash-input>")).toBe(false);
    expect(starts("The use\\r doesn't", "The user doesn't")).toBe(false);
  });
});

describe("a text", () => {
  test("is known by how it begins", () => {
    for (let i = 0; i < BEGINNINGS.length; i++) {
      const beginning = unchecked(BEGINNINGS[i]);
      expect(said(beginning.text)).toBe(beginning.said, beginning.text);
      expect(said(beginning.text + " and more")).toBe(beginning.said, beginning.text);
    }
  });

  test("is known when its first character is escaped, and any other one", () => {
    for (let i = 0; i < BEGINNINGS.length; i++) {
      const beginning = unchecked(BEGINNINGS[i]);
      const text = beginning.text;
      for (let place = 0; place < text.length; place++) {
        expect(said(text.substr(0, place) + escaped(text.charCodeAt(place)) + text.substr(place + 1))).toBe(beginning.said, text);
      }
    }
  });

  test("is a person's if anything stands before, is missing or is another", () => {
    for (let i = 0; i < BEGINNINGS.length; i++) {
      const text = unchecked(BEGINNINGS[i]).text;
      expect(said(" " + text)).toBe("", text);
      expect(said("\\n" + text)).toBe("", text);
      expect(said(text.substr(1))).toBe("", text);
      expect(said(text.substr(0, text.length - 1))).toBe("", text);
      expect(said(text.toUpperCase())).toBe("", text);
      for (let place = 0; place < text.length; place++) expect(said(text.substr(0, place) + "~" + text.substr(place + 1))).toBe("", text);
    }
    expect(said("Please fix <command-name>")).toBe("");
    expect(said("")).toBe("");
  });
});

describe("a word", () => {
  test("is the literal and nothing else", () => {
    expect(word("user", "user") && word("", "")).toBe(true);
    expect(word("users", "user") || word("use", "user") || word("User", "user") || word("", "user")).toBe(false);
  });
});

describe("types of metadata", () => {
  test("are those of the contract", () => {
    for (let i = 0; i < METADATA.length; i++) {
      const type = unchecked(METADATA[i]);
      const bytes = utf8(type);
      expect(isMetadataType(bytes.from, bytes.end)).toBe(true, type);
      expect(isMetadataType(bytes.from, bytes.end - 1)).toBe(false, type);
      const longer = utf8(type + "s");
      expect(isMetadataType(longer.from, longer.end)).toBe(false, type);
    }
  });

  test("are none that says what happened", () => {
    const others = ["user", "assistant", "system", "progress", "summary", "attachment", "queue-operation", "file-history-snapshot", ""];
    for (let i = 0; i < others.length; i++) {
      const bytes = utf8(others[i]);
      expect(isMetadataType(bytes.from, bytes.end)).toBe(false, others[i]);
    }
  });
});
