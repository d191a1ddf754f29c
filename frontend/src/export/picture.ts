import type { ChartColours } from "@/chart/colours";

/** Height of the line above a picture, in its own pixels at a scale of 1. */
const HEAD = 34;
const MARGIN = 12;

/**
 * Return a picture of a chart under a line that says what it shows, and where the data is from: what is handed
 * on must not be taken for what it is not. Throws where the browser makes no picture.
 */
export async function pictureOf(
  chart: HTMLCanvasElement,
  title: string,
  notice: string,
  colours: ChartColours,
): Promise<Blob> {
  const scale = window.devicePixelRatio;
  const canvas = document.createElement("canvas");
  canvas.width = chart.width;
  canvas.height = chart.height + HEAD * scale;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no pictures");
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(chart, 0, HEAD * scale);
  context.textBaseline = "middle";
  const middle = (HEAD / 2) * scale;
  context.font = `600 ${13 * scale}px ${colours.font}`;
  context.fillStyle = colours.text;
  context.fillText(title, MARGIN * scale, middle);
  context.font = `${11 * scale}px ${colours.font}`;
  context.fillStyle = colours.muted;
  context.textAlign = "right";
  context.fillText(notice, canvas.width - MARGIN * scale, middle);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("this browser makes no pictures"));
      else resolve(blob);
    }, "image/png");
  });
}
