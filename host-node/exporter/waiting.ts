// What keeping and delivering ask of whoever holds requests and remembers traces. A method that cannot do its work throws.

export interface RequestHeader {
  readonly traces: readonly string[];
  readonly contentType: string;
  /** As in Content-Encoding; "" for none. */
  readonly encoding: string;
}

/** Requests that are about to wait together. */
export interface Batch {
  add(header: RequestHeader, body: Uint8Array): void;
  /** False if there is no room for it at all. */
  close(): boolean;
  abandon(): void;
}

export interface Ledger {
  /** On the disk before it comes back. */
  add(traceIds: readonly string[]): void;
}

/** A request that waits: `otlp`; or one of which nobody heard whether it was taken: `sending`. */
export interface Entry {
  readonly batch: string;
  readonly stem: string;
  readonly state: "otlp" | "sending" | "sent";
}

export interface Waiting extends RequestHeader {
  readonly body: Uint8Array;
}

/** A store on disk. */
export interface Spool<E extends Entry> {
  /** What is not done with, oldest first. */
  list(): readonly E[];
  /** Undefined if it is none of ours. */
  read(entry: E): Waiting | undefined;
  /** Undefined if it is gone. */
  move(entry: E, state: E["state"]): E | undefined;
  cut(entry: E, halves: readonly [Waiting, Waiting]): readonly E[];
  /** Has traces noted that are complete, and takes away what they were sent in: of this request's batch, or of all. */
  settle(note: (traces: readonly string[]) => void, entry?: E): void;
  /** Takes away all that belongs together with this request, without a note that it was sent. False if it is gone. */
  drop(entry: E): boolean;
}
