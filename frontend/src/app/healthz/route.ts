export const dynamic = "force-dynamic";

/** Tell that the process lives. */
export function GET(): Response {
  return Response.json({ status: "alive" });
}
