import type { ReactNode } from "react";
import { classNames } from "@/ui/class-names";

/** A table that scrolls within its panel. */
export function Table({
  label,
  testId,
  className,
  children,
}: {
  label: string;
  testId: string;
  className?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <div
      className={classNames("relative min-h-0 flex-1 overflow-auto", className)}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="w-full border-separate border-spacing-0 text-small" data-testid={testId}>
        {children}
      </table>
    </div>
  );
}

interface HeadProps {
  readonly children: ReactNode;
  readonly first?: boolean;
  /** Left out on a phone, which has no room for every column. */
  readonly spare?: boolean;
  readonly hint?: string;
}

/** The head of a column; the first one's texts begin at the left, the others' figures end at the right. */
export function Head({ children, first = false, spare = false, hint }: HeadProps): ReactNode {
  return (
    <th
      scope="col"
      title={hint}
      className={classNames(
        "sticky top-0 z-[1] bg-panel px-1.5 py-1 text-micro font-normal whitespace-nowrap text-muted last:pr-3",
        first ? "pl-3 text-left" : "text-right",
        spare && "max-sm:hidden",
      )}
    >
      {children}
    </th>
  );
}

export function Cell({ children, first = false, spare = false }: Omit<HeadProps, "hint">): ReactNode {
  const className = classNames(
    "px-1.5 whitespace-nowrap last:pr-3",
    first ? "pl-3 text-left font-normal" : "text-right",
    spare && "max-sm:hidden",
  );
  return first ? (
    <th scope="row" className={className}>
      {children}
    </th>
  ) : (
    <td className={className}>{children}</td>
  );
}
