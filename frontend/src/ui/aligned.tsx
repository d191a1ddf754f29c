import type { CSSProperties, ReactNode } from "react";

const MOST = "--most-price-decimals";

/** Return the style under which prices with at most so many decimals are aligned. */
export function alignedTo(most: number): CSSProperties {
  return { [MOST]: most } as CSSProperties;
}

interface Props {
  /** Of the price inside. */
  readonly decimals: number;
  readonly children: ReactNode;
}

/** A price in a column of several pairs, set in as far as it lacks decimals: the points stand below each other. */
export function Aligned({ decimals, children }: Props): ReactNode {
  return (
    <span style={{ paddingRight: `calc(max(0, var(${MOST}, 0) - ${decimals}) * 1ch)` }}>{children}</span>
  );
}
