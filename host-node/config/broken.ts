// A file of the user's that is not what it should be, so that nothing was changed in it.

export class BrokenFile extends Error {
  override readonly name = "BrokenFile";
  constructor(path: string, line: number, words: string) {
    super(`${path}:${line}: ${words}; mend it first, nothing was written`);
  }
}
