/** Run once when the server starts: a bad setting ends it with one line that names the variable, and code 2. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { checkSettings } = await import("./server/startup");
  checkSettings();
}
