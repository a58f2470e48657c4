// What is known of the document at hand, besides its records.

import { NO_TIME } from "../../bytes/instant";
import { currentDocumentIndex } from "../../session/builder";

export let document: u32 = 0;
/** The latest time of the last row that had one. */
export let clock: i64 = NO_TIME;
/** It is no event stream: it was written from what is left of a session. */
export let isState: bool = false;

export function beginSource(): void {
  document = currentDocumentIndex();
  clock = NO_TIME;
  isState = false;
}

export function setClock(time: i64): void {
  clock = time;
}

export function noteState(): void {
  isState = true;
}
