import { createTheme, type MantineColorsTuple } from "@mantine/core";

const glass: MantineColorsTuple = [
  "#eef0ff",
  "#dcdffb",
  "#b6bcf1",
  "#8e97e8",
  "#6c77e0",
  "#5763dc",
  "#4b58da",
  "#3c49c2",
  "#3340ae",
  "#27369a",
];

export const theme = createTheme({
  colors: { glass },
  primaryColor: "glass",
  primaryShade: { light: 7, dark: 5 },
  defaultRadius: "md",
  headings: { fontWeight: "650" },
});
