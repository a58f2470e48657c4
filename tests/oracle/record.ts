// Record types that make nothing of their own, and the reason each is skipped for.

import { SKIP_ATTACHMENT, SKIP_METADATA, SKIP_PROGRESS, SKIP_QUEUE, SKIP_SNAPSHOT, SKIP_SUMMARY } from "../../assembly/abi/layout.ts";
import type { Row } from "./document.ts";

const metadata =
  "agent-color agent-name agent-setting ai-title api-request api-request-blob api-request-shape artifact-autoreact-ledger artifact-comment-monitor atis-latch attribution-snapshot " +
  "bridge-session content-replacement continued-in cost-state custom-title ended-by-model fork-context-ref frame-link " +
  "history-suppression isolation-latch last-prompt mode permission-mode pr-link relocated tag tools-used worktree-state";

export const skippedTypes = new Map<string, number>([
  ["progress", SKIP_PROGRESS],
  ["file-history-snapshot", SKIP_SNAPSHOT],
  ["file-history-delta", SKIP_SNAPSHOT],
  ["queue-operation", SKIP_QUEUE],
  ["attachment", SKIP_ATTACHMENT],
  ["summary", SKIP_SUMMARY],
  ...metadata.split(" ").map((type): [string, number] => [type, SKIP_METADATA]),
]);

/** Rows of what hooks were told. */
export const journalType = "spanloom-hook";

/** Rows of the conversation. */
export const conversation = new Set(["user", "assistant", "system"]);

export function skip(reason: number): { kind: "skipped"; reason: number } {
  return { kind: "skipped", reason };
}

/** A row that comes to nothing: for the reason of its type if it has one, else for this one. */
export function nothing(row: Row, reason: number): { kind: "skipped"; reason: number } {
  return skip(skippedTypes.get(row.type ?? "") ?? reason);
}
