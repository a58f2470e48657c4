// Numbers out of samples, and tables out of numbers. It knows nothing of what was measured.

/** The middle of the samples; of an even count the mean of the two middle ones. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

/** Half the distance between the quartiles, as a share of the median: how much to trust it. */
export function spread(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] as number;
  return (at(0.75) - at(0.25)) / 2 / median(samples);
}

/** The slope of log(y) over log(x), least squares: 1 means twice the input takes twice the time. */
export function exponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const over = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** Text in columns: the first to the left, the rest to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  // A row of one cell is a remark, as long as it likes.
  for (const row of rows.filter((cells) => cells.length > 1)) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  const pad = (cell: string, column: number): string => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0));
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

export function sizeName(bytes: number): string {
  const [unit, name] = bytes >= 0.99e9 ? [1e9, "GB"] : bytes >= 0.99e6 ? [1e6, "MB"] : [1e3, "KB"];
  const value = bytes / unit;
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} ${name}`;
}
