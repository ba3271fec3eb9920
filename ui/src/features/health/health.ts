import { queryOptions } from "@tanstack/react-query";

import { body, server } from "../../api/client";
import type { components } from "../../api/schema";

export type Health = components["schemas"]["Health"];

/** Whether the server is ready, and how far its queues are behind. */
export const health = queryOptions({
  queryKey: ["health"],
  queryFn: () => body(server.GET("/api/health")),
  refetchInterval: 15_000,
});
