/** Offer some bytes to the reader as a file. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Return a file's name for what a pair showed at a time (epoch ms), as `BTCUSDT-1m-20261121T201500Z.csv`. */
export function fileName(symbol: string, what: string, time: number, ending: string): string {
  const written = new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "");
  return `${symbol}-${what}-${written}Z.${ending}`;
}
