import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { body, server } from "../../api/client";
import type { components } from "../../api/schema";

export type Contact = components["schemas"]["ContactItem"];
export type Statement = components["schemas"]["Statement"];
export type Line = components["schemas"]["StatementLine"];

/** The model that is live from the first minute, by which leads are ranked. */
export const MODEL = "default";

/** Contacts, highest score first, a page at a time. */
export const leads = (search: string) =>
  infiniteQueryOptions({
    queryKey: ["contacts", "leads", search],
    queryFn: ({ pageParam }) =>
      body(
        server.GET("/api/contacts", {
          params: {
            query: { sort: `-score.${MODEL}`, limit: 25, q: search || undefined, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** The statement of each model's score of one contact. */
export const statements = (contactId: string) =>
  queryOptions({
    queryKey: ["contacts", contactId, "scores"],
    queryFn: () =>
      body(server.GET("/api/contacts/{contact_id}/scores", { params: { path: { contact_id: contactId } } })),
  });

/** What to call somebody of whom little may be known. */
export function nameOf(contact: Contact) {
  return contact.name ?? contact.email ?? "Anonymous visitor";
}
