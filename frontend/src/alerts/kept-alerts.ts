"use client";

import { useMemo } from "react";
import { keep, kept, useKept } from "@/ui/kept";
import { readAlerts, type Alert } from "./alert";

const KEY = "alerts";

/** The alerts of this browser. */
export function useAlerts(): readonly Alert[] {
  const text = useKept(KEY);
  return useMemo(() => readAlerts(text), [text]);
}

/** The alerts of this browser as they are now, ahead of what is shown. */
export function alertsNow(): readonly Alert[] {
  return readAlerts(kept(KEY));
}

/** Keep these alerts in place of those before. */
export function keepAlerts(alerts: readonly Alert[]): void {
  keep(KEY, alerts.length === 0 ? null : JSON.stringify(alerts));
}
