export const dynamic = "force-dynamic";

/** Tell that pages can be served; the API is the browsers' affair, and the page itself says when it is away. */
export function GET(): Response {
  return Response.json({ status: "ready" });
}
