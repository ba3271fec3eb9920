import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";

import { queries } from "./api/queries";
import { LeadsPage } from "./features/contacts/LeadsPage";
import { session, signIn } from "./features/session/session";
import { SignInPage, SigningIn } from "./features/session/SignInPage";
import { NotFound } from "./shell/NotFound";
import { Page } from "./shell/Page";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const signInRoute = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search) => optionalText(search, "token"),
  loaderDeps: ({ search }) => search,
  loader: async ({ deps }) => {
    if (deps.token === undefined) return;
    await signIn(deps.token);
    throw redirect({ to: "/", replace: true });
  },
  component: SignInPage,
  pendingComponent: SigningIn,
  errorComponent: ({ error }) => (
    <SignInPage problem={error instanceof Error ? error.message : String(error)} />
  ),
});

const leadsRoute = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (search) => optionalText(search, "contact"),
  beforeLoad: async () => {
    if ((await queries.query({ ...session, staleTime: "static" })) === null)
      throw redirect({ to: "/sign-in" });
  },
  component: function Leads() {
    const { contact } = leadsRoute.useSearch();
    const navigate = leadsRoute.useNavigate();
    return (
      <Page>
        <LeadsPage
          chosen={contact}
          choose={(id) => void navigate({ search: id === undefined ? {} : { contact: id } })}
        />
      </Page>
    );
  },
});

function optionalText<Name extends string>(search: Record<string, unknown>, name: Name) {
  const value = search[name];
  return (typeof value === "string" ? { [name]: value } : {}) as Partial<Record<Name, string>>;
}

export const router = createRouter({
  routeTree: root.addChildren([signInRoute, leadsRoute]),
  // Values are plain text; the router's own reading would turn a token of digits into a number.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text && `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
