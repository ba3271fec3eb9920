import { Table, Text } from "@mantine/core";

import { formatDay, formatPoints, formatSigned } from "../../shell/format";
import classes from "./StatementTable.module.css";
import type { Line, Statement } from "./contacts";

const GLOBAL = "global";

/** Lines of the global ledger, newest day first, what has no day on top; they sum to the total below them. */
export function StatementTable({ statement }: { statement: Statement }) {
  const lines = statement.lines.filter(({ level }) => level === GLOBAL).toSorted(byDay);
  return (
    <Table verticalSpacing="xs" horizontalSpacing={0} aria-label="Statement">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What counted</Table.Th>
          <Table.Th visibleFrom="xs">Day</Table.Th>
          <Table.Th className="number">Points</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Row key={`${line.rule} ${line.day ?? ""}`} line={line} />
        ))}
      </Table.Tbody>
      <Table.Tfoot className={classes.total}>
        <Table.Tr>
          <Table.Th>Score</Table.Th>
          <Table.Th visibleFrom="xs" />
          <Table.Th className="number">{formatPoints(statement.total)}</Table.Th>
        </Table.Tr>
      </Table.Tfoot>
    </Table>
  );
}

function Row({ line }: { line: Line }) {
  const day = line.day === null ? "" : formatDay(line.day);
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{line.label}</Text>
        <Text size="xs" c="dimmed">
          {timesOf(line)}
          {day !== "" && (
            <Text span inherit hiddenFrom="xs">
              {timesOf(line) && " · "}
              {day}
            </Text>
          )}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="xs">
        <Text size="sm" c="dimmed">
          {day}
        </Text>
      </Table.Td>
      <Table.Td className="number">
        <Text size="sm" fw={550} c={line.points < 0 ? "red" : undefined} data-points={line.points}>
          {formatSigned(line.points)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

/** How often it happened, and how much of that a limit let count. */
function timesOf({ matched, counted }: Line) {
  if (matched > counted) return `${counted} of ${matched} counted, the rest is over the limit`;
  return matched > 1 ? `${matched} times` : "";
}

function byDay(one: Line, other: Line) {
  if (one.day === other.day) return Math.abs(other.points) - Math.abs(one.points);
  if (one.day === null || other.day === null) return one.day === null ? -1 : 1;
  return one.day < other.day ? 1 : -1;
}
