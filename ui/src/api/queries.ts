import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ServerProblem } from "./client";

/** The one cache of what the server said. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
  mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
  defaultOptions: { queries: { staleTime: 10_000, retry: isWorthRetrying } },
});

function leaveWhenSignedOut(error: Error) {
  if (error instanceof ServerProblem && error.status === 401) window.location.assign("/sign-in");
}

function isWorthRetrying(failures: number, error: Error) {
  return failures < 2 && !(error instanceof ServerProblem && error.status < 500);
}
