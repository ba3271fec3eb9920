import { Button, Center, Group, Paper, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Failure } from "../../shell/Failure";
import { HealthLine } from "../health/HealthLine";
import { leads } from "./contacts";
import { LeadsTable } from "./LeadsTable";
import { StatementDrawer } from "./StatementDrawer";

interface Props {
  chosen: string | undefined;
  choose: (contactId: string | undefined) => void;
}

/** The ranked list: who is most ready to buy, and from each score the way to its lines. */
export function LeadsPage({ chosen, choose }: Props) {
  const [search, setSearch] = useState("");
  const [settledSearch] = useDebouncedValue(search.trim(), 250);
  const found = useInfiniteQuery(leads(settledSearch));
  const contacts = found.data?.pages.flatMap((page) => page.items);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="end">
        <Stack gap={2}>
          <Title order={1} size="h2">
            Leads
          </Title>
          <HealthLine />
        </Stack>
        <TextInput
          type="search"
          aria-label="Search by name or e-mail"
          placeholder="Search by name or e-mail"
          w={{ base: "100%", xs: 280 }}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
      </Group>
      <Paper withBorder bg="var(--panel)" style={{ overflow: "hidden" }}>
        {found.isPending && <Waiting />}
        {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
        {contacts?.length === 0 && <Nobody search={settledSearch} />}
        {contacts !== undefined && contacts.length > 0 && (
          <LeadsTable contacts={contacts} chosen={chosen} choose={choose} />
        )}
      </Paper>
      {found.hasNextPage && (
        <Center>
          <Button
            variant="default"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            Show more
          </Button>
        </Center>
      )}
      <StatementDrawer
        contact={contacts?.find(({ id }) => id === chosen)}
        contactId={chosen}
        close={() => {
          choose(undefined);
        }}
      />
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack p="md" gap="sm" aria-label="Loading leads">
      {Array.from({ length: 8 }, (_, row) => (
        <Skeleton key={row} height={28} />
      ))}
    </Stack>
  );
}

function Nobody({ search }: { search: string }) {
  return (
    <Stack p="xl" gap="xs" align="center" ta="center">
      <Text fw={600}>{search ? `Nobody matches “${search}”` : "Nobody here yet"}</Text>
      <Text c="dimmed" maw={420}>
        {search
          ? "Try another part of the name or e-mail address."
          : "People appear with their first event. Send one to /v1/identify with a write key: leadlight keys create --kind write."}
      </Text>
    </Stack>
  );
}
