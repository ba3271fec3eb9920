import { Group, Stack, Table, Text, UnstyledButton } from "@mantine/core";

import { formatPoints } from "../../shell/format";
import { BandBadge } from "./BandBadge";
import { MODEL, nameOf, type Contact } from "./contacts";
import classes from "./LeadsTable.module.css";

interface Props {
  contacts: readonly Contact[];
  chosen: string | undefined;
  choose: (contactId: string) => void;
}

export function LeadsTable({ contacts, chosen, choose }: Props) {
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Contact</Table.Th>
          <Table.Th visibleFrom="sm">Band</Table.Th>
          <Table.Th visibleFrom="xs">Grade</Table.Th>
          <Table.Th className="number">Score</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {contacts.map((contact) => (
          <Row key={contact.id} contact={contact} isChosen={contact.id === chosen} choose={choose} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({
  contact,
  isChosen,
  choose,
}: {
  contact: Contact;
  isChosen: boolean;
  choose: Props["choose"];
}) {
  const score = contact.scores[MODEL];
  const open = () => {
    choose(contact.id);
  };
  return (
    <Table.Tr className={classes.row} data-chosen={isChosen || undefined} onClick={open}>
      <Table.Td className={classes.person}>
        <UnstyledButton w="100%" aria-haspopup="dialog" aria-label={`Score of ${nameOf(contact)}`}>
          <Stack gap={0}>
            <Text fw={550} truncate>
              {nameOf(contact)}
            </Text>
            <Text size="sm" c="dimmed" truncate>
              {contact.email}
            </Text>
          </Stack>
        </UnstyledButton>
        <Group hiddenFrom="sm" gap="xs" mt={4}>
          {score && <BandBadge band={score.band} />}
          {score && (
            <Text size="sm" c="dimmed" hiddenFrom="xs">
              {score.grade}
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">{score && <BandBadge band={score.band} />}</Table.Td>
      <Table.Td visibleFrom="xs">{score?.grade}</Table.Td>
      <Table.Td className="number">
        <Text fw={650} inherit>
          {score ? formatPoints(score.total) : "–"}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
