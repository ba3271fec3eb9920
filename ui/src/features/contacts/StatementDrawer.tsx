import { Drawer, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { skipToken, useQuery } from "@tanstack/react-query";

import { Failure } from "../../shell/Failure";
import { formatDay, formatPoints } from "../../shell/format";
import { BandBadge } from "./BandBadge";
import { MODEL, nameOf, statements, type Contact, type Statement } from "./contacts";
import { StatementTable } from "./StatementTable";

interface Props {
  contactId: string | undefined;
  contact: Contact | undefined;
  close: () => void;
}

/** The score of one contact, read like a bank statement. */
export function StatementDrawer({ contactId, contact, close }: Props) {
  const query = statements(contactId ?? "");
  const found = useQuery({ ...query, queryFn: contactId === undefined ? skipToken : query.queryFn });
  const statement = found.data?.find(({ model }) => model === MODEL);
  return (
    <Drawer
      opened={contactId !== undefined}
      onClose={close}
      position="right"
      size="lg"
      padding="lg"
      closeButtonProps={{ "aria-label": "Close the statement" }}
      title={
        <Stack gap={0}>
          <Title order={2} size="h4">
            {contact ? nameOf(contact) : "Statement"}
          </Title>
          <Text size="sm" c="dimmed">
            {contact?.email}
          </Text>
        </Stack>
      }
    >
      {found.isPending && <Skeleton height={240} />}
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data !== undefined && statement === undefined && (
        <Text c="dimmed">This contact has no score yet.</Text>
      )}
      {statement && <StatementBody statement={statement} />}
    </Drawer>
  );
}

function StatementBody({ statement }: { statement: Statement }) {
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="end">
        <Stack gap={0}>
          <Text size="sm" c="dimmed">
            Score on {formatDay(statement.as_of)}
          </Text>
          <Text fz={34} fw={700} lh={1.2} data-testid="total">
            {formatPoints(statement.total)}
          </Text>
        </Stack>
        <Group gap="lg">
          <Figure label="Fit" value={formatPoints(statement.fit)} />
          <Figure label="Engagement" value={formatPoints(statement.engagement)} />
          <Figure label="Grade" value={statement.grade} />
          <BandBadge band={statement.band} />
        </Group>
      </Group>
      <StatementTable statement={statement} />
    </Stack>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <Stack gap={0}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={600}>{value}</Text>
    </Stack>
  );
}
