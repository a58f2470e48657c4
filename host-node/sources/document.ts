// What a source gives: documents, and the families of those that must be built together. Plain data, so that it can be
// handed to another thread. Reading their bytes is the business of reading.ts, finding them that of find.ts.

import type { Records } from "./opencode/records.ts";

/** One file of a session: a transcript, a sub-agent's transcript or a sub-agent's metadata. */
export interface SourceDocument {
  /** What spans say about their source; the same on every machine. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
  /** The path as its reader would write it, for messages. */
  readonly shown: string;
  readonly size: number;
  /** Already open under this number (input that has no name of its own); the path is then not used. */
  readonly descriptor?: number;
  /** So many bytes of it and no more: of a file that grows each reading is then the same. */
  readonly upTo?: number;
  /** Not that file as it is, but these sessions out of it; the size is then a guess. */
  readonly records?: Records;
}

/** Documents that share rows, sub-agents or a team, and therefore make one build. */
export interface Family {
  readonly documents: readonly SourceDocument[];
  /** Bytes of all documents together. */
  readonly bytes: number;
  /** The first timestamp in its transcripts, as written; empty if there is none. Orders families. */
  readonly started: string;
  /** The folder it worked in, where the source says so without being read. */
  readonly directory?: string;
  /** When something last happened in it, where the source says so without being read. */
  readonly changed?: string;
}

/** Why a path gave nothing. */
export type ProblemKind = "missing" | "unreadable" | "empty" | "not-a-session" | "no-sessions";

export interface SourceProblem {
  readonly kind: ProblemKind;
  readonly shown: string;
  /** The system's word, for what could not be read. */
  readonly detail?: string;
}

/** The system's word for an error: its code, else its message. */
export function systemWord(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
}
