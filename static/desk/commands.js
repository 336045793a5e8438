// What a button or a key does to the text: each command is one change, and one undo.
import { insertBlock, insertText, lineAt, lineOf, replaceRange } from "./text.js";

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+)/;
const LIST = { list: () => "- ", numbers: (index) => `${index + 1}. ` };
// Where the cursor comes to stand in a block, and where what was selected goes.
const CURSOR = "\uE000";
const SELECTED = "\uE001";
const BLOCKS = {
  quiz: `::: quiz\n:::${CURSOR}`,
  papers: `::: papers\n- ${CURSOR}\n:::`,
  card: `::: card\n[${SELECTED}](${CURSOR})\n:::`,
  compare: `::: compare\n### ${CURSOR}\n\n${SELECTED}\n\n### \n\n:::`,
  callout: `::: callout\n${SELECTED}${CURSOR}\n:::`,
  details: `::: details ${CURSOR}\n${SELECTED}\n:::`,
  table: `| ${CURSOR} |  |\n| --- | --- |\n|  |  |`,
  code: `\`\`\`\n${SELECTED}${CURSOR}\n\`\`\``,
};

export const commands = {
  bold: (field) => emphasise(field, 2),
  italic: (field) => emphasise(field, 1),
  link,
  section: (field) => head(field, "## "),
  heading: (field) => head(field, "### "),
  list: (field) => list(field, "list"),
  numbers: (field) => list(field, "numbers"),
  quote,
  footnote,
};
for (const name of Object.keys(BLOCKS)) commands[name] = (field) => block(field, name);

// Two stars or one around what is selected, or around the word that the cursor is in; or none any more.
function emphasise(field, size) {
  const value = field.value;
  let { selectionStart: start, selectionEnd: end } = field;
  const cursor = start;
  const isCursor = start === end;
  if (isCursor) {
    start -= value.slice(0, start).match(/[\p{L}\p{N}'’-]*$/u)[0].length;
    end += value.slice(end).match(/^[\p{L}\p{N}'’-]*/u)[0].length;
  } else {
    while (start < end && /[\s*]/.test(value[start])) start += 1;
    while (end > start && /[\s*]/.test(value[end - 1])) end -= 1;
  }
  const around = Math.min(value.slice(0, start).match(/\**$/)[0].length, value.slice(end).match(/^\**/)[0].length);
  const isOn = size === 2 ? around >= 2 : around % 2 === 1;
  const words = value.slice(start, end);
  const stars = "*".repeat(size);
  if (isOn) replaceRange(field, start - size, end + size, words);
  else replaceRange(field, start, end, words.split(/(\n\s*\n)/).map((part, n) => (n % 2 || (!part && words) ? part : stars + part + stars)).join(""));
  const shift = isOn ? -size : size;
  if (isCursor) field.setSelectionRange(cursor + shift, cursor + shift);
  else if (!/\n\s*\n/.test(words)) field.setSelectionRange(start + shift, end + shift);
}

function link(field) {
  const { selectionStart: start, selectionEnd: end } = field;
  const words = field.value.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(words);
  replaceRange(field, start, end, isAddress ? `[](${words})` : `[${words}]()`);
  const place = isAddress || !words ? start + 1 : start + words.length + 3;
  field.setSelectionRange(place, place);
}

// Each line of the selection through a function, as one change.
function eachLine(field, change) {
  const first = lineOf(field);
  const last = lineOf(field, Math.max(field.selectionStart, field.selectionEnd - (field.value[field.selectionEnd - 1] === "\n" ? 1 : 0)));
  const old = field.value.slice(first.start, last.end);
  const cursor = field.selectionStart - first.start;
  const isRange = field.selectionStart !== field.selectionEnd;
  const fresh = change(old.split("\n")).join("\n");
  if (fresh === old) return;
  replaceRange(field, first.start, last.end, fresh);
  const end = first.start + fresh.length;
  if (isRange) field.setSelectionRange(first.start, end);
  else {
    const place = Math.max(first.start, Math.min(end, first.start + cursor + fresh.length - old.length));
    field.setSelectionRange(place, place);
  }
}

function head(field, mark) {
  eachLine(field, (lines) =>
    lines.map((each) => {
      if (lines.length > 1 && !each.trim()) return each;
      const words = each.replace(/^#{1,6}\s+/, "");
      return each.startsWith(mark) ? words : mark + words;
    }),
  );
}

function list(field, kind) {
  eachLine(field, (lines) => {
    const written = lines.filter((each) => each.trim() || lines.length === 1);
    const wanted = kind === "list" ? /^\s*[-*+]\s/ : /^\s*\d+[.)]\s/;
    const isOn = written.every((each) => wanted.test(each));
    let index = 0;
    return lines.map((each) => {
      if (!each.trim() && lines.length > 1) return each;
      const words = each.replace(ITEM, "$1");
      if (isOn) return words;
      const indent = words.match(/^\s*/)[0];
      return indent + LIST[kind](index++) + words.slice(indent.length);
    });
  });
}

function quote(field) {
  eachLine(field, (lines) => {
    const isOn = lines.every((each) => each.startsWith(">"));
    return lines.map((each) => (isOn ? each.replace(/^>\s?/, "") : `> ${each}`.trimEnd() + (each ? "" : lines.length === 1 ? " " : "")));
  });
}

// The mark where the cursor is, the note at the end of the text, where it is written now.
function footnote(field) {
  const taken = [...field.value.matchAll(/\[\^(\d+)\]/g)].map((match) => Number(match[1]));
  const label = `[^${Math.max(0, ...taken) + 1}]`;
  const place = field.selectionEnd;
  const rest = field.value.slice(place).replace(/\s+$/, "");
  const last = rest.split("\n").at(-1);
  const gap = /^\[\^[^\]]+\]:/.test(last) ? "\n" : "\n\n";
  replaceRange(field, place, field.value.length, `${label}${rest}${gap}${label}: `);
  field.scrollTop = field.scrollHeight;
}

function block(field, name) {
  const selected = field.value.slice(field.selectionStart, field.selectionEnd).trim();
  const whole = BLOCKS[name].replace(SELECTED, () => selected);
  const behind = field.value.slice(field.selectionEnd);
  insertBlock(field, whole.replace(CURSOR, ""));
  const end = field.value.length - behind.length;
  const written = field.value.lastIndexOf(whole.replace(CURSOR, ""), end);
  const place = written + whole.indexOf(CURSOR);
  field.setSelectionRange(place, place);
}

/** Enter within a list begins the next item; within an empty one it ends the list. Whether it did. */
export function continueList(field) {
  const { selectionStart: start, selectionEnd: end } = field;
  const line = lineOf(field, start);
  const item = line.text.match(ITEM) ?? line.text.match(/^()(>)(\s?)/);
  if (start !== end || !item || start < line.start + item[0].length || isCode(field, line)) return false;
  if (!line.text.slice(item[0].length).trim()) {
    replaceRange(field, line.start, line.end, "");
    return true;
  }
  const number = item[2].match(/^(\d+)(.)$/);
  insertText(field, `\n${item[1]}${number ? Number(number[1]) + 1 + number[2] : item[2]}${item[3] || " "}`);
  return true;
}

// Whether a line stands between two fences of code.
function isCode(field, line) {
  const fences = field.value.slice(0, line.start).match(/^(```|~~~)/gm);
  return (fences?.length ?? 0) % 2 === 1;
}

/** The name of the container that a line stands in ("papers"), or "". */
export function containerAt(field, number) {
  for (let n = number - 1; n > 0; n -= 1) {
    const match = lineAt(field, n).text.match(/^:::\s*(\w*)/);
    if (match) return match[1];
  }
  return "";
}
