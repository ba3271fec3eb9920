import { queryOptions } from "@tanstack/react-query";

import { body, server, ServerProblem } from "../../api/client";
import { queries } from "../../api/queries";

/** Who is signed in; null when nobody is. */
export const session = queryOptions({
  queryKey: ["session"],
  queryFn: () =>
    body(server.GET("/api/session")).catch((error: unknown) => {
      if (error instanceof ServerProblem && error.status === 401) return null;
      throw error;
    }),
  staleTime: Infinity,
});

/** Uses up a one-time link. Only a page that runs does this: fetching the link alone changes nothing. */
export async function signIn(token: string) {
  await server.POST("/api/session", { body: { token } });
  await queries.invalidateQueries(session);
}

export async function signOut() {
  await server.DELETE("/api/session");
  queries.clear();
}
