import { Anchor, Center, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

export function NotFound() {
  return (
    <Center mih="100dvh" p="md">
      <Stack align="center" gap="xs">
        <Title order={1} size="h3">
          There is no page here
        </Title>
        <Text c="dimmed">The address may be old or mistyped.</Text>
        <Anchor component={Link} to="/">
          Go to the leads
        </Anchor>
      </Stack>
    </Center>
  );
}
