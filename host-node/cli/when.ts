// Points in time as people say them, in local time: what they write after --since, and how long ago something was.

import { UsageError } from "./args.ts";
import { moment } from "./figures.ts";

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const whole = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** 30m, 12h, 7d, 2w ago; a date; a date and a time. A date alone is its first instant, or its last if `end`. */
export function instant(words: string, flag: string, now: number, end = false): number {
  const ago = /^(\d{1,6})([mhdw])$/.exec(words);
  if (ago !== null) return now - Number(ago[1]) * (unitMs[ago[2] as string] as number);
  const [, year, month, day, hour] = whole.exec(words) ?? [];
  const midnight = new Date(Number(year), Number(month) - 1, Number(day));
  // Of the 31st of February a Date makes a day in March.
  if (midnight.getMonth() === Number(month) - 1) {
    if (hour !== undefined) {
      const time = Date.parse(words.replace(" ", "T"));
      if (!Number.isNaN(time)) return time;
    } else if (!end) return midnight.getTime();
    else return new Date(Number(year), Number(month) - 1, Number(day) + 1).getTime() - 1;
  }
  throw new UsageError(`--${flag} is like 7d, 12h, 2026-01-31 or 2026-01-31T18:00, not ${JSON.stringify(words)}`);
}

/** How long ago, up to a day; then the date, with the year only if it is another one. */
export function ago(milliseconds: number, now: number): string {
  const passed = now - milliseconds;
  if (passed >= 0 && passed < 60_000) return "just now";
  if (passed >= 0 && passed < 3_600_000) return `${Math.floor(passed / 60_000)}m ago`;
  if (passed >= 0 && passed < 86_400_000) return `${Math.floor(passed / 3_600_000)}h ago`;
  const date = moment(milliseconds);
  return date.slice(0, 4) === moment(now).slice(0, 4) ? date.slice(5) : date.slice(0, 10);
}
