import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }): ReactNode {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** The mark of the platform: three stacked candles. */
export function Mark(): ReactNode {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M4 7v11M10 3v14M16 1v12" stroke="var(--color-muted)" strokeWidth="1.5" />
      <rect x="2" y="10" width="4" height="5" fill="var(--color-down)" />
      <rect x="8" y="6" width="4" height="7" fill="var(--color-up)" />
      <rect x="14" y="3" width="4" height="7" fill="var(--color-up)" />
    </svg>
  );
}

export function ChevronDown(): ReactNode {
  return (
    <Icon>
      <path d="m4 6 4 4 4-4" />
    </Icon>
  );
}

export function Search(): ReactNode {
  return (
    <Icon>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </Icon>
  );
}

export function Sun(): ReactNode {
  return (
    <Icon>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3.05 3.05l1.06 1.06M11.89 11.89l1.06 1.06M3.05 12.95l1.06-1.06M11.89 4.11l1.06-1.06" />
    </Icon>
  );
}

export function Moon(): ReactNode {
  return (
    <Icon>
      <path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z" />
    </Icon>
  );
}

export function Check(): ReactNode {
  return (
    <Icon>
      <path d="m3 8.5 3.5 3.5L13 4.5" />
    </Icon>
  );
}

export function Refresh(): ReactNode {
  return (
    <Icon>
      <path d="M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3" />
    </Icon>
  );
}

export function Hourglass(): ReactNode {
  return (
    <Icon>
      <path d="M4 2h8M4 14h8M5 2c0 4 6 8 6 12M11 2c0 4-6 8-6 12" />
    </Icon>
  );
}

export function Warning(): ReactNode {
  return (
    <Icon>
      <path d="M8 2 1.5 13.5h13L8 2ZM8 6.5v3.5M8 12v.01" />
    </Icon>
  );
}

export function Wave(): ReactNode {
  return (
    <Icon>
      <path d="M1.5 11C4 11 4 4 6.5 4S9 12 11 12s2-4 3.5-4" />
    </Icon>
  );
}

export function Download(): ReactNode {
  return (
    <Icon>
      <path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />
    </Icon>
  );
}

export function Bell(): ReactNode {
  return (
    <Icon>
      <path d="M3 11.5c1-1 1-2.5 1-4a4 4 0 0 1 8 0c0 1.5 0 3 1 4H3ZM6.5 13.5c.8.7 2.2.7 3 0" />
    </Icon>
  );
}

/** Whether a pair is on the watch list. */
export function Star({ filled }: { filled: boolean }): ReactNode {
  return (
    <Icon>
      <path
        d="m8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6L8 1.8Z"
        fill={filled ? "currentColor" : "none"}
      />
    </Icon>
  );
}

export function Close(): ReactNode {
  return (
    <Icon>
      <path d="m4 4 8 8M12 4l-8 8" />
    </Icon>
  );
}

export function Plus(): ReactNode {
  return (
    <Icon>
      <path d="M8 3v10M3 8h10" />
    </Icon>
  );
}
