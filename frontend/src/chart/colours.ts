import { KINDS, type Kind } from "@/indicators/indicator";

/** What the chart takes from the page's tokens. */
export interface ChartColours {
  readonly up: string;
  readonly down: string;
  readonly upVolume: string;
  readonly downVolume: string;
  readonly text: string;
  readonly muted: string;
  readonly panel: string;
  readonly raised: string;
  readonly grid: string;
  readonly line: string;
  readonly backfilled: string;
  readonly partial: string;
  /** Each kind of indicator has its own. */
  readonly studies: Readonly<Record<Kind, string>>;
  readonly font: string;
}

const VOLUME_OPACITY = 0.4;

/** Read the tokens as they are where an element stands; the theme has decided them. */
export function readColours(element: HTMLElement): ChartColours {
  const probe = document.createElement("span");
  element.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const up = token("up");
  const down = token("down");
  const colours = {
    up,
    down,
    upVolume: withOpacity(up, VOLUME_OPACITY),
    downVolume: withOpacity(down, VOLUME_OPACITY),
    text: token("text"),
    muted: token("muted"),
    panel: token("panel"),
    raised: token("raised"),
    grid: token("grid"),
    line: token("line"),
    backfilled: token("notice"),
    partial: token("trouble"),
    studies: Object.fromEntries(KINDS.map((kind) => [kind, token(`study-${kind}`)])) as Record<Kind, string>,
    font: getComputedStyle(element).fontFamily,
  };
  probe.remove();
  return colours;
}

function withOpacity(rgb: string, opacity: number): string {
  const [red = "0", green = "0", blue = "0"] = rgb.match(/[\d.]+/g) ?? [];
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}
