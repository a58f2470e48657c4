// Recorded times: RFC 3339 to nanoseconds since 1970. It knows no clock.

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The last second whose nanoseconds are a signed number of 64 bits. */
const last = 9223372035n;

/** Nanoseconds since 1970, or undefined for what is not a time from then to 2262; digits beyond the ninth are cut off. */
export function nanoseconds(written: string | undefined): bigint | undefined {
  const match = written === undefined ? null : pattern.exec(written);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(2000, month, 0)).getUTCDate()) return undefined;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2 && day === 29 && !leap) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const offset = (match[8] === "-" ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  const seconds = BigInt(date.getTime()) / 1000n - BigInt(offset * 60);
  const fraction = BigInt((match[7] ?? "").padEnd(9, "0").slice(0, 9));
  return seconds < 0n || seconds > last ? undefined : seconds * 1000000000n + fraction;
}
