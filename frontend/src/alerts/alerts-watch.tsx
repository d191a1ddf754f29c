"use client";

import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useFeed } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { Bell, Close } from "@/ui/icons";
import { judged, type Alert } from "./alert";
import { alertText } from "./alert-text";
import { alertsNow, keepAlerts, useAlerts } from "./kept-alerts";

const SHOWN = 4;
const EVERY_MS = 1000;

/** Watches what this browser's alerts wait for, on every page, and says when one goes off. */
export function AlertsWatch(): ReactNode {
  const { quotes } = useFeed();
  const texts = useTexts();
  const alerts = useAlerts();
  const [told, setTold] = useState<readonly Alert[]>([]);
  const waiting = alerts.filter(({ fired }) => fired === null).map(({ symbol }) => symbol);
  const symbols = [...new Set(waiting)].sort().join(",");

  useEffect(() => {
    if (symbols === "") return;
    const stops = symbols.split(",").map((symbol) => quotes.look(symbol));
    const check = (): void => {
      const before = alertsNow();
      const after = judged(before, quotes.state.get(), Date.now());
      if (after === before) return;
      keepAlerts(after);
      setTold((shown) => [...after.filter((alert) => !before.includes(alert)), ...shown].slice(0, SHOWN));
    };
    // That nothing comes any more is told by no message.
    const timer = window.setInterval(check, EVERY_MS);
    stops.push(quotes.state.subscribe(check), () => {
      window.clearInterval(timer);
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, [quotes, symbols]);

  const newest = told[0];
  const text = useMemo(() => (newest === undefined ? null : alertText(texts, newest)), [texts, newest]);
  useEffect(() => {
    if (newest === undefined || text === null) return;
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    new Notification(pairName(newest.symbol), { body: text, tag: newest.id });
    // Told once, in the language that is spoken then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [newest]);

  return (
    <div role="alert" data-testid="alerts-fired" className="fixed right-3 bottom-9 z-40 grid w-72 gap-1.5">
      {told.map((alert) => (
        <p
          key={alert.id}
          className="flex items-start gap-2 rounded-control border border-line bg-raised p-2.5 text-small shadow-xl"
        >
          <span className="pt-0.5 text-accent">
            <Bell />
          </span>
          <span className="flex-1">
            <strong className="font-semibold">{pairName(alert.symbol)}</strong> {alertText(texts, alert)}
          </span>
          <button
            type="button"
            aria-label={texts.alerts.dismiss}
            className="text-muted hover:text-text"
            onClick={() => {
              setTold((shown) => shown.filter(({ id }) => id !== alert.id));
            }}
          >
            <Close />
          </button>
        </p>
      ))}
    </div>
  );
}
