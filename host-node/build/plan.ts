// Cuts a list of families into tasks for threads: neighbours that are small travel together, so that handing over costs
// little, and nothing is so large that the last thread works alone for long.

import type { Family } from "../sources/document.ts";

/** Below this many bytes in all, starting threads costs more than they save. */
const WORTH_THREADS = 64 * 1024 * 1024;
const mostThreads = 8;
const smallestTask = 1024 * 1024;
const largestTask = 16 * 1024 * 1024;
const tasksAThread = 32;

export function totalBytes(families: readonly Family[]): number {
  return families.reduce((sum, family) => sum + family.bytes, 0);
}

/** True if so many files of so many bytes are worth more than one thread. */
export function worthThreads(files: number, bytes: number): boolean {
  return files >= 2 && bytes >= WORTH_THREADS;
}

/** How many threads are worth starting for so many files of so many bytes. */
export function threadsFor(files: number, bytes: number, processors: number): number {
  return worthThreads(files, bytes) ? Math.max(1, Math.min(processors, mostThreads, files)) : 1;
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
