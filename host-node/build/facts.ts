// What there is to know of how a family was read: plain data, whose keys are those of `inspect --json`. docs/INSPECT.md
// explains them; a key that changes its meaning, or goes, raises the version of the document.

import type { BrokenName, JoinName, OriginName, SkipName } from "../../bridge/index.ts";

export type FileKind = "session" | "sub-agent" | "metadata" | "journal" | "unknown";

/** Whether what is not there did not happen; `partial`: some of it would be there. */
export type Knowledge = "known" | "partial" | "unknown";

/** What a document of opencode is, and what it can know. */
export interface SourceFacts {
  /** `events`, `log` (the events a database keeps), `export`, `database`, `storage`, `run` or `share`. */
  readonly kind: string;
  readonly form: "sse" | "lines" | "array" | "objects";
  /** Events, by the envelope they come in. */
  readonly envelopes: Record<string, number>;
  readonly evidence: { readonly permissions: Knowledge; readonly retries: Knowledge; readonly aborts: Knowledge };
  /** Connections to a server, by the version it said; empty if it said none. */
  readonly servers: Record<string, number>;
  /** Events, by name. */
  readonly events: Record<string, number>;
  /** Those of them, and kinds of parts, that this version does not know. */
  readonly unknown: Record<string, number>;
  /** Those of them that are of opencode 2, or of what came before it: known by name, and not read. */
  readonly unread: Record<string, number>;
}

/** Rows skipped, by the reasons that occur. */
export type Skips = Partial<Record<SkipName, number>>;

export interface FileFacts {
  /** As spans name it: the same on every machine. */
  readonly name: string;
  /** Where it was found. */
  readonly path: string;
  readonly kind: FileKind;
  /** Of opencode. */
  readonly source?: SourceFacts;
  readonly session: string;
  /** Of a sub-agent's transcript. */
  readonly agent?: string;
  readonly bytes: number;
  readonly rows: number;
  readonly used: number;
  readonly skipped: number;
  readonly broken: number;
  readonly skippedBy: Skips;
  /** Versions of the client that wrote its rows, and sessions these rows name, each with a number of rows. */
  readonly versions: Record<string, number>;
  readonly sessions: Record<string, number>;
  /** Rows skipped because they repeat rows of these files. */
  readonly copies: { readonly from: string; readonly rows: number }[];
}

export interface BrokenFacts {
  readonly file: string;
  readonly path: string;
  readonly line: number;
  readonly reason: BrokenName;
}

export interface Work {
  chats: number;
  tools: number;
  inputTokens: number;
  outputTokens: number;
}

/** A turn; what it did and cost is that of all below it. */
export interface TurnFacts extends Work {
  readonly index: number;
  readonly origin: OriginName;
  readonly traceId: string;
  readonly spanId: string;
  readonly file: string;
  readonly line: number;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly durationMs: number;
  agents: number;
  failed: number;
  /** `error.type`, empty for none. */
  readonly error: string;
}

/** A sub-agent; what it did and cost is its own, without that of agents it spawned. */
export interface AgentFacts extends Work {
  /** The client's id; empty if nobody knows. */
  readonly id: string;
  readonly type: string;
  readonly session: string;
  /** Index of its turn. */
  readonly turn: number;
  readonly join: JoinName;
  /** Id of the call that spawned it; empty for an orphan. */
  readonly call: string;
  readonly answered: boolean;
  readonly spanId: string;
  /** The turn, or the sub-agent, that spawned it. */
  readonly parent: { readonly kind: "turn" | "agent"; readonly spanId: string; readonly agent: string };
  /** Where its call stands; of an orphan its first row. */
  readonly file: string;
  readonly line: number;
  readonly transcripts: { readonly file: string; readonly rows: number }[];
  readonly start: number;
  readonly durationMs: number;
  readonly outlivesParent: boolean;
  readonly error: string;
}

export interface SessionFacts {
  /** The conversation: the session at the root of forks and resumed copies. */
  readonly id: string;
  readonly turns: TurnFacts[];
}

/** How a session of opencode came into its family. */
export interface MemberFacts {
  readonly id: string;
  readonly role: "root" | "sub-agent" | "fork";
  /** The session that started it, as it says itself; empty for none. */
  readonly parent: string;
  /** Of a sub-agent: how the calls that have it were found, each way once. */
  readonly joins: JoinName[];
  /** Of a fork: the session whose messages it repeats, empty if that is not here. */
  readonly forkOf?: string;
  /** Of the opencode that made it, empty if nothing says so. */
  readonly version: string;
  readonly evidence: "events" | "state";
}

/** How far the making of a session's title was when a run of it was aborted. */
export type TitleState = "not_started" | "in_flight" | "completed_before_abort" | "completed_after_abort" | "unknown";

/** What ended a turn or a sub-agent, or came after. */
export interface CauseFacts {
  /** `interrupted`, or the name of the error. */
  readonly type: string;
  /** The first of its turn or sub-agent: what came later did not end it. */
  readonly first: boolean;
  readonly session: string;
  /** Index of its turn. */
  readonly turn: number;
  /** Of a sub-agent: its id. */
  readonly agent?: string;
  readonly spanId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status?: number;
  /** Of an interrupt: the answer that was aborted, empty if there was none yet. */
  readonly message?: string;
  /** Of an interrupt: who did it, empty if the record does not say. */
  readonly source?: string;
  readonly reason?: string;
  readonly mode?: string;
  readonly title?: TitleState;
}

export interface OpencodeFacts {
  readonly sessions: MemberFacts[];
  readonly causes: CauseFacts[];
}

export interface Tokens {
  inputTokens: number;
  outputTokens: number;
}

/** What a reading can be checked by. */
export interface CheckFacts {
  /** Tokens of responses, of the used rows one by one, and of all rows, copies too. */
  readonly usage: { readonly byResponse: Tokens; readonly byRow: Tokens; readonly byRowWithCopies: Tokens };
  readonly calls: { readonly total: number; readonly withoutResult: number };
  readonly results: { readonly total: number; readonly withoutCall: number; readonly repeated: number };
  /** Responses without a stop reason, by version of the client: their output tokens are a lower bound. */
  readonly partialResponses: Record<string, number>;
  readonly inferredTimes: { readonly rows: number; readonly spans: number };
  readonly spansOutlivingParent: number;
}

export interface Inspection {
  readonly sessions: SessionFacts[];
  readonly files: FileFacts[];
  readonly broken: BrokenFacts[];
  readonly agents: AgentFacts[];
  readonly events: {
    compactions: number;
    apiErrors: number;
    interrupts: number;
    hooks: number;
    permissions: number;
    permissionRequests: number;
    permissionDenials: number;
    notifications: number;
    compactionRequests: number;
  };
  readonly checks: CheckFacts;
  /** Only of opencode. */
  readonly opencode?: OpencodeFacts;
}

/** What turns were asked, by span id: kept apart, because it is content. */
export type Prompts = ReadonlyMap<string, string>;
