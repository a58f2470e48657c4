// What is wrong with a configuration, and where. Lines are looked up only when somebody is told, with a library that
// nobody else waits for.

import type { Path } from "./kinds.ts";

export interface Problem {
  /** The file, the variable or the flag. */
  readonly source: string;
  /** The file as it was read. */
  readonly text?: string;
  /** Where in the file; absent: all of it. */
  readonly path?: Path;
  /** The file is no JSON. */
  readonly syntax?: true;
  /** Never holds a value. */
  readonly words: string;
}

/** A problem with its line, as it is said. */
export interface Told {
  readonly source: string;
  readonly line?: number;
  readonly words: string;
}

export async function tell(problems: readonly Problem[]): Promise<Told[]> {
  if (problems.length === 0) return [];
  const { lineOfPath, syntaxProblem } = await import("./json.ts");
  return problems.map(({ source, text, path, syntax, words }) => {
    if (text === undefined) return { source, words };
    const broken = syntax ? syntaxProblem(text) : undefined;
    if (broken) return { source, line: broken.line, words: `${broken.words}: ${words}` };
    return path === undefined ? { source, words } : { source, line: lineOfPath(text, path), words };
  });
}

/** One line, as compilers write it. */
export const lineOf = ({ source, line, words }: Told): string =>
  `${source}:${line === undefined ? "" : `${line}:`} ${words}`;
