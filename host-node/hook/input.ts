// Standard input, bounded in bytes and in time: what stands at its beginning, as soon as that is enough.
//
// Of what is longer the rest is read and dropped, so that whoever writes it is not cut off. A writer that never closes
// its end is not waited for once what it wrote is whole.

/** Resolves with at most `most` bytes after at most `patience` milliseconds. Never rejects. */
export function readInput(most: number, patience: number, isWhole: (text: string) => boolean): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (): void => resolve(Buffer.concat(chunks).subarray(0, most));
    setTimeout(end, patience);
    process.stdin.on("error", end).on("end", end);
    process.stdin.on("data", (chunk: Buffer) => {
      if (length >= most) return;
      chunks.push(chunk);
      length += chunk.length;
      // An object that is whole ends in its brace, so most pieces of a long one need no second look.
      if (length < most && /\}\s*$/.test(chunk.toString("latin1", Math.max(0, chunk.length - 8)))) {
        if (isWhole(Buffer.concat(chunks).toString("utf8"))) end();
      }
    });
  });
}
