import type { ReactNode } from "react";
import { formatScaled, signed } from "@/numbers/decimal";
import { classNames } from "@/ui/class-names";

/** A change in percent, an integer of 10^-8: by sign, shape and colour. */
export function Change({ change }: { change: bigint | null }): ReactNode {
  if (change === null) return <span className="text-muted">–</span>;
  const tone = change === 0n ? "text-text" : change > 0n ? "text-up" : "text-down";
  return (
    <span className={classNames("whitespace-nowrap", tone)}>
      <span aria-hidden="true" className="pr-0.5 text-[8px] leading-none">
        {change === 0n ? "" : change > 0n ? "▲" : "▼"}
      </span>
      {signed(change, formatScaled(change, 2))}%
    </span>
  );
}
