// Numbers and times as people read them, in few columns. Local time; no locale data, which is slow to load.

const two = (number: number): string => String(number).padStart(2, "0");

/** 140ms, 3.1s, 12s, 1m05s, 2h03m, 3d04h */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

/** 999, 1.2k, 12.4k, 124k, 1.2M */
export function amount(number: number): string {
  for (const [unit, size] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (number < size * 0.99995) continue;
    const scaled = number / size;
    return `${scaled < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
  }
  return String(number);
}

/** 12345 as 12,345 */
export function grouped(number: number): string {
  return number < 1000 ? String(number) : String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 turn", "2 turns" */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** Local date and minute. */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
