import { Alert, Button, Group, Text } from "@mantine/core";

/** What went wrong, in the server's words, and a way to try again. */
export function Failure({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <Alert color="red" variant="light" role="alert" radius={0}>
      <Group justify="space-between">
        <Text size="sm">{error.message}</Text>
        <Button size="compact-sm" variant="default" onClick={retry}>
          Try again
        </Button>
      </Group>
    </Alert>
  );
}
