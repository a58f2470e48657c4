// Cuts a list of families into tasks for threads: neighbours that are small travel together, so that handing over costs
// little, and nothing is so large that the last thread works alone for long.

import type { Family } from "../sources/document.ts";

/** Below this many bytes in all, starting threads costs more than they save. */
export const WORTH_THREADS = 64 * 1024 * 1024;
const smallestTask = 1024 * 1024;
const largestTask = 16 * 1024 * 1024;
const tasksAThread = 32;

export function totalBytes(families: readonly Family[]): number {
  return families.reduce((sum, family) => sum + family.bytes, 0);
}

/** How many threads a build of these families is worth. */
export function threadsFor(families: readonly Family[], processors: number): number {
  if (families.length < 2 || totalBytes(families) < WORTH_THREADS) return 1;
  return Math.max(1, Math.min(processors, 8, families.length));
}

/** The families in tasks, in order; each task is as many neighbours as make a fair share. */
export function planTasks(families: readonly Family[], threads: number): Family[][] {
  const share = totalBytes(families) / (threads * tasksAThread);
  const size = Math.min(largestTask, Math.max(smallestTask, share));
  const tasks: Family[][] = [];
  let task: Family[] = [];
  let bytes = 0;
  for (const family of families) {
    if (task.length > 0 && bytes + family.bytes > size) {
      tasks.push(task);
      [task, bytes] = [[], 0];
    }
    task.push(family);
    bytes += family.bytes;
  }
  if (task.length > 0) tasks.push(task);
  return tasks;
}
