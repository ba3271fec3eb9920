import { Alert, Center, Code, Loader, Paper, Stack, Text, Title } from "@mantine/core";

import { Logo } from "../../shell/Logo";

/** What to do when nobody is signed in, or why the link did not work. */
export function SignInPage({ problem }: { problem?: string }) {
  return (
    <Center mih="100dvh" p="md">
      <Paper withBorder shadow="sm" p="xl" maw={420} w="100%" bg="var(--panel)">
        <Stack gap="md">
          <Logo />
          <Title order={1} size="h3">
            Sign in
          </Title>
          {problem !== undefined && (
            <Alert color="red" variant="light" role="alert">
              {problem}
            </Alert>
          )}
          <Text>Open the one-time link that the server printed when it started, or make a new one:</Text>
          <Code block>leadlight sign-in</Code>
          <Text size="sm" c="dimmed">
            A link works once and for one day.
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}

export function SigningIn() {
  return (
    <Center mih="100dvh">
      <Loader aria-label="Signing in" />
    </Center>
  );
}
