import { AppShell, Button, Container, Group } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { signOut } from "../features/session/session";
import { ColorSchemeSwitch } from "./ColorSchemeSwitch";
import { Logo } from "./Logo";

/** Header and content of every page behind the sign-in. */
export function Page({ children }: { children: ReactNode }) {
  const router = useRouter();
  const leave = async () => {
    await signOut();
    await router.navigate({ to: "/sign-in" });
  };
  return (
    <AppShell header={{ height: 60 }} padding={{ base: "sm", sm: "lg" }}>
      <AppShell.Header bg="var(--panel)" px={{ base: "sm", sm: "lg" }}>
        <Container size="xl" h="100%" px={0}>
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Logo />
            <Group gap="xs" wrap="nowrap">
              <ColorSchemeSwitch />
              <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void leave()}>
                Sign out
              </Button>
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main>
        <Container size="xl" px={0}>
          {children}
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}
