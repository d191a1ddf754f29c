"use client";

import type { ReactNode } from "react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { Disclosure } from "@/ui/disclosure";
import { Bell, Close } from "@/ui/icons";
import { useZone } from "@/ui/zone";
import type { Alert } from "./alert";
import { AlertForm } from "./alert-form";
import { alertText } from "./alert-text";
import { alertsNow, keepAlerts, useAlerts } from "./kept-alerts";

/** The alerts of this browser, and the way to a new one. */
export function AlertsMenu(): ReactNode {
  const texts = useTexts().alerts;
  const alerts = useAlerts();
  const waiting = alerts.filter(({ fired }) => fired === null).length;
  return (
    <Disclosure
      label={texts.title}
      testId="alerts"
      face={
        <>
          <Bell />
          {waiting > 0 && <span className="text-accent">{waiting}</span>}
        </>
      }
    >
      <div className="grid w-80 gap-2">
        <AlertForm />
        {alerts.length === 0 ? (
          <p className="text-muted">{texts.none}</p>
        ) : (
          <ul className="grid max-h-64 gap-0.5 overflow-y-auto border-t border-line pt-2" tabIndex={0}>
            {alerts.map((alert) => (
              <Row key={alert.id} alert={alert} />
            ))}
          </ul>
        )}
        <p className="text-micro text-muted">{texts.where}</p>
      </div>
    </Disclosure>
  );
}

function Row({ alert }: { alert: Alert }): ReactNode {
  const texts = useTexts();
  const { time } = useZone();
  const put = (change: (alerts: readonly Alert[]) => readonly Alert[]): void => {
    keepAlerts(change(alertsNow()));
  };
  return (
    <li className="flex items-baseline gap-2">
      <span className={alert.fired === null ? "flex-1" : "flex-1 text-muted"}>
        <strong className="font-semibold">{pairName(alert.symbol)}</strong> {alertText(texts, alert)}
      </span>
      {alert.fired !== null && (
        <button
          type="button"
          title={texts.alerts.again}
          className="text-micro text-accent hover:underline"
          onClick={() => {
            put((alerts) =>
              alerts.map((each) =>
                each.id === alert.id ? { ...each, fired: null, madeAt: Date.now() } : each,
              ),
            );
          }}
        >
          {time(alert.fired.at)} ↻
        </button>
      )}
      <button
        type="button"
        aria-label={texts.alerts.remove(pairName(alert.symbol))}
        className="self-center text-muted hover:text-text [&>svg]:size-3"
        onClick={() => {
          put((alerts) => alerts.filter(({ id }) => id !== alert.id));
        }}
      >
        <Close />
      </button>
    </li>
  );
}
