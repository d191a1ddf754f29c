export const dynamic = "force-dynamic";

const MICROSECONDS_PER_SECOND = 1e6;

/** The process in Prometheus' text format, under the names that Prometheus' own client libraries use. */
export function GET(): Response {
  const { user, system } = process.cpuUsage();
  const started = Date.now() / 1000 - process.uptime();
  const lines = [
    "# TYPE process_cpu_seconds_total counter",
    `process_cpu_seconds_total ${(user + system) / MICROSECONDS_PER_SECOND}`,
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    "# TYPE process_start_time_seconds gauge",
    `process_start_time_seconds ${started.toFixed(3)}`,
    "",
  ];
  return new Response(lines.join("\n"), { headers: { "Content-Type": "text/plain; version=0.0.4" } });
}
