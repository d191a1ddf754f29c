import type { Zone } from "@/numbers/time";

export const ZONE_COOKIE = "zone";

/** Return the clock chosen before (the cookie), else UTC, which the exchange's days go by. */
export function chosenZone(cookie: string | undefined): Zone {
  return cookie === "local" ? "local" : "utc";
}
