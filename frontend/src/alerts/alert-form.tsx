"use client";

import { usePathname } from "next/navigation";
import { useId, useState, type ReactNode } from "react";
import { useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { inOrder } from "@/pairs/match";
import { pairName } from "@/pairs/name";
import { classNames } from "@/ui/class-names";
import { readPrice, type Condition } from "./alert";
import { alertsNow, keepAlerts } from "./kept-alerts";

const KINDS = ["above", "below", "quality"] as const satisfies readonly Condition["kind"][];
const FIELD = "rounded-control border border-line bg-canvas px-1.5 py-1";

/** Make an alert: of the pair that is shown, or of another. */
export function AlertForm(): ReactNode {
  const texts = useTexts().alerts;
  const { answer: symbols } = useSymbols();
  const [, page, shown] = usePathname().split("/");
  const known = inOrder(symbols?.symbols.map(({ symbol }) => symbol) ?? []);
  const [chosen, choose] = useState<string | null>(null);
  const [kind, setKind] = useState<Condition["kind"]>("above");
  const [typed, setTyped] = useState("");
  const [refused, setRefused] = useState<"badPrice" | "noPair" | null>(null);
  const refusal = useId();
  const badPrice = refused === "badPrice" && kind !== "quality";
  const said = badPrice || refused === "noPair" ? texts[refused] : null;
  const symbol = chosen ?? (page === "trade" ? shown : undefined) ?? known[0];

  const make = (): void => {
    const price = readPrice(typed);
    if (symbol === undefined) {
      setRefused("noPair");
      return;
    }
    if (kind !== "quality" && price === null) {
      setRefused("badPrice");
      return;
    }
    setRefused(null);
    setTyped("");
    const condition: Condition = kind === "quality" ? { kind } : { kind, price: price ?? "" };
    const madeAt = Date.now();
    const alert = { id: `${symbol}-${madeAt}-${Math.random()}`, symbol, condition, madeAt, fired: null };
    keepAlerts([alert, ...alertsNow()]);
    // Asked for when it is of use; without it an alert is told on the page alone.
    if ("Notification" in window && Notification.permission === "default")
      void Notification.requestPermission();
  };

  return (
    <form
      className="grid grid-cols-[2fr_3fr] gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <select
        aria-label={texts.pair}
        className={FIELD}
        value={symbol ?? ""}
        onChange={({ target }) => {
          choose(target.value);
        }}
      >
        {known.map((each) => (
          <option key={each} value={each}>
            {pairName(each)}
          </option>
        ))}
      </select>
      <select
        aria-label={texts.condition}
        className={FIELD}
        value={kind}
        onChange={({ target }) => {
          setKind(KINDS[target.selectedIndex] ?? "above");
        }}
      >
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {texts.kinds[each]}
          </option>
        ))}
      </select>
      {kind === "quality" ? (
        <span className="self-center text-micro text-muted">{texts.qualityHint}</span>
      ) : (
        <input
          type="text"
          inputMode="decimal"
          aria-label={texts.price}
          aria-invalid={badPrice}
          aria-describedby={refusal}
          placeholder={texts.price}
          className={classNames(FIELD, badPrice && "border-trouble")}
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
          }}
        />
      )}
      <button type="submit" className="rounded-control bg-raised px-2 py-1 font-medium hover:bg-line">
        {texts.make}
      </button>
      {/* Always there: what appears together with its text is not read aloud. */}
      <p
        id={refusal}
        role="status"
        className={said === null ? "sr-only" : "col-span-2 text-micro text-trouble"}
      >
        {said}
      </p>
    </form>
  );
}
