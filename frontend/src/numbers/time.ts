const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Whose clock times are written by: the exchange's, or the reader's own. */
export type Zone = "utc" | "local";

/** Write the time of day of an epoch time in ms as `12:03:04`. */
export function timeOfDay(time: number, zone: Zone): string {
  return shifted(time, zone).slice(11, 19);
}

/** Write an epoch time in ms as a minute, as `2026-11-21 12:03`. */
export function minuteOf(time: number, zone: Zone): string {
  return shifted(time, zone).slice(0, 16).replace("T", " ");
}

/** Name a zone as it is at an epoch time in ms: `UTC`, or as far as it is from there, `UTC+5:30`. */
export function zoneName(time: number, zone: Zone): string {
  const east = offset(time, zone) / MINUTE_MS;
  if (east === 0) return "UTC";
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60];
  return `UTC${east > 0 ? "+" : "−"}${hours}${minutes > 0 ? `:${String(minutes).padStart(2, "0")}` : ""}`;
}

/** How far a zone is ahead of UTC at an epoch time, in ms. */
function offset(time: number, zone: Zone): number {
  return zone === "utc" ? 0 : -new Date(time).getTimezoneOffset() * MINUTE_MS;
}

function shifted(time: number, zone: Zone): string {
  return new Date(time + offset(time, zone)).toISOString();
}

/** Write an age in ms as short as it can be told apart: `0.4 s`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function formatAge(age: number): string {
  if (age < 10 * SECOND_MS) return `${(Math.floor(age / 100) / 10).toFixed(1)} s`;
  if (age < MINUTE_MS) return `${Math.floor(age / SECOND_MS)} s`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (age < 2 * DAY_MS) return `${Math.floor(age / HOUR_MS)} h`;
  return `${Math.floor(age / DAY_MS)} d`;
}

/** Write how long something took, in ms, to figures that tell something: `40 ms`, `4.3 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatDuration(took: number): string {
  if (took < SECOND_MS) return `${Math.floor(took)} ms`;
  if (took < MINUTE_MS) return formatAge(took);
  const [hours, minutes] = [Math.floor(took / HOUR_MS), Math.floor((took % HOUR_MS) / MINUTE_MS)];
  return hours > 0
    ? `${hours} h ${minutes} min`
    : `${minutes} min ${Math.floor((took % MINUTE_MS) / SECOND_MS)} s`;
}

/** Write the time in ms until something happens, as `0:42`, `12:03` or `3:12:03`; the second that has begun counts. */
export function formatCountdown(left: number): string {
  const seconds = Math.ceil(left / SECOND_MS);
  const two = (count: number): string => String(count).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const parts = hours > 0 ? [String(hours), two(minutes)] : [String(minutes)];
  return [...parts, two(seconds % 60)].join(":");
}

/** Write a span in ms in whole hours and minutes, as `24h`, `3h 12m` or `40m`. */
export function formatSpan(span: number): string {
  const hours = Math.floor(span / HOUR_MS);
  const minutes = Math.floor((span % HOUR_MS) / MINUTE_MS);
  const parts = [hours > 0 ? `${hours}h` : "", minutes > 0 || hours === 0 ? `${minutes}m` : ""];
  return parts.filter(Boolean).join(" ");
}
