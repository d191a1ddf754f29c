import { TickMarkType } from "lightweight-charts";
import { minuteOf, timeOfDay, type Zone } from "@/numbers/time";

const DAY_BEGIN = "00:00";

/** Write a mark of the time axis (epoch ms) by a clock; the chart itself knows UTC alone. */
export function tickMark(time: number, type: TickMarkType, locale: string, zone: Zone): string {
  const clock = timeOfDay(time, zone);
  const day = minuteOf(time, zone).slice(0, 10);
  const named = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
  switch (type) {
    case TickMarkType.Year:
      return day.slice(0, 4);
    case TickMarkType.Month:
      return named({ month: "short" });
    case TickMarkType.DayOfMonth:
      // A day of UTC begins at some hour of the reader's.
      return clock.startsWith(DAY_BEGIN) ? named({ day: "numeric", month: "short" }) : clock.slice(0, 5);
    case TickMarkType.Time:
    case TickMarkType.TimeWithSeconds:
      return clock.startsWith(DAY_BEGIN) ? named({ day: "numeric", month: "short" }) : clock.slice(0, 5);
  }
}
