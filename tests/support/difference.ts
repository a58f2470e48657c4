// How two texts differ, line by line: for the message of a failed golden and for whoever blesses one.
//
// It is made for texts that are alike; of two that have little in common it says so at length.

const context = 2;

/** Marks for each line: kept, taken away, added. The longest common subsequence, after equal ends are cut off. */
function marked(before: string[], after: string[]): [" " | "-" | "+", string][] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: [" " | "-" | "+", string][] = before.slice(0, head).map((line) => [" ", line]);
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([" ", a[i]!]);
      i++;
      j++;
    } else if (j === b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) lines.push(["-", a[i++]!]);
    else lines.push(["+", b[j++]!]);
  }
  return [...lines, ...before.slice(before.length - tail).map((line): [" ", string] => [" ", line])];
}

/** The changed lines with a little of what stands around them; empty if nothing changed. */
export function difference(before: string, after: string, most = Infinity): string {
  if (before === after) return "";
  const lines = marked(before.split("\n"), after.split("\n"));
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - context), at + context + 1).some(([mark]) => mark !== " "));
  const shown: string[] = [];
  lines.forEach(([mark, line], at) => {
    if (near[at]) shown.push(`${mark} ${line}`);
    else if (near[at - 1]) shown.push("  …");
  });
  return shown.length > most ? `${shown.slice(0, most).join("\n")}\n  … and ${shown.length - most} more lines` : shown.join("\n");
}
