// A stored session in a few figures and words: what a list of sessions shows of each.

import { KIND_TURN } from "../../bridge/index.ts";
import { totalsOf } from "../build/totals.ts";
import type { StoredFile } from "./folder.ts";
import { LineFile } from "./lines.ts";
import type { StoreProblem } from "./requests.ts";
import { readStoredTree, type StoredTree } from "./tree.ts";

export interface Summary {
  readonly session: string;
  /** Milliseconds since 1970: the start of the first turn, the end of the last thing that happened. */
  readonly start: number;
  readonly end: number;
  /** Working directories of its turns, the first one first. */
  readonly directories: readonly string[];
  /** Of the last turn that has one. */
  readonly branch: string;
  readonly turns: number;
  readonly chats: number;
  readonly tools: number;
  readonly agents: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The beginning of the first prompt. */
  readonly prompt: string;
  /** Sessions whose transcripts it was made of: itself, its forks and resumed copies. */
  readonly transcripts: readonly string[];
}

const mostPrompt = 600;
const mostDirectories = 16;

const isTranscript = (document: string): boolean => /^[^/]+\.jsonl$/.test(document);

/** Reads a session's file; nothing if there is no span in it. Throws if it cannot be read at all. */
export function summarise(file: StoredFile, problem: (problem: StoreProblem) => void): Summary | undefined {
  const lines = new LineFile(file.path);
  try {
    const tree = readStoredTree(lines, problem);
    return tree && summaryOf(file.session, tree);
  } finally {
    lines.close();
  }
}

function summaryOf(session: string, tree: StoredTree): Summary {
  const { start, end, turns, chats, tools, agents, failed, inputTokens, outputTokens } = totalsOf(tree);
  const first = tree.turns.find(({ kind, words }) => kind === KIND_TURN && words !== undefined);
  return {
    session,
    start,
    end,
    directories: tree.directories.slice(0, mostDirectories),
    branch: tree.branch,
    turns,
    chats,
    tools,
    agents,
    failed,
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    prompt: (first?.words ?? "").slice(0, mostPrompt),
    transcripts: tree.documents.filter(isTranscript).map((document) => document.slice(0, -".jsonl".length)),
  };
}
