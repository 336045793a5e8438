// What is pasted becomes Markdown: a table, a range of a spreadsheet, formatted text.
// With Ctrl+Shift+V, and wherever the server has no answer, it stays the words alone.
import { insertBlock, insertText, replaceRange } from "./text.js";

const MARKUP = "a[href], strong, b, em, i, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, code, p + p";
// Nothing of it would take effect; but the browser reports each as against the site's policy.
const REFUSED = /<style[\s\S]*?<\/style>|\s(?:style|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
const ADDRESS = /^\s*https?:\/\/\S+\s*$/;

export function startPasting(field, address) {
  let isPlain = false;
  field.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "v" && (event.ctrlKey || event.metaKey)) isPlain = event.shiftKey;
  });
  // Before whoever takes pictures: spreadsheets send one along.
  field.addEventListener("paste", (event) => {
    const plainly = isPlain;
    isPlain = false;
    if (plainly ? takePlainly(field, event.clipboardData) : take(field, event.clipboardData, address)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
}

// The words alone: no table, no title looked up, no picture.
function takePlainly(field, data) {
  const plain = wordsOf(data);
  if (plain) insertText(field, plain);
  return Boolean(plain);
}

function wordsOf(data) {
  return data.getData("text/plain").replace(/\r\n?/g, "\n");
}

function take(field, data, address) {
  const plain = wordsOf(data);
  const html = data.getData("text/html");
  if (ADDRESS.test(plain)) return false;
  const page = html && new DOMParser().parseFromString(html.replace(REFUSED, ""), "text/html");
  if (page) page.querySelectorAll("style, script, meta, title").forEach((each) => each.remove());
  const table = page && soleTable(page);
  const rows = table ? cellsOf(table) : rowsOf(plain);
  if (rows) insertBlock(field, markdownTable(rows));
  else if (page && page.body.textContent.trim() && page.body.querySelector(MARKUP) && address) convert(field, plain, html, address);
  else return false;
  return true;
}

// Tables ----------------------------------------------------------------------

function soleTable(page) {
  const table = page.body.querySelector("table");
  if (!table || page.body.querySelectorAll("table").length > 1) return null;
  return table.textContent.trim() === page.body.textContent.trim() ? table : null;
}

function cellsOf(table) {
  const rows = [...table.rows].map((row) =>
    [...row.cells].flatMap((cell) => [words(cell), ...Array(Math.min(cell.colSpan, 50) - 1).fill("")]),
  );
  return rows.some((row) => row.length > 1) ? rows : null;
}

// A cell's words; links stay links.
function words(cell) {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("br").forEach((each) => each.replaceWith(" "));
  copy.querySelectorAll("a[href]").forEach((each) => {
    const address = each.getAttribute("href");
    if (/^https?:/.test(address) && each.textContent.trim()) each.textContent = `[${each.textContent.trim()}](${address})`;
  });
  return copy.textContent;
}

// Lines with as many tabs each are a range of a spreadsheet.
function rowsOf(plain) {
  const lines = plain.replace(/\n+$/, "").split("\n");
  const rows = lines.map((each) => each.split("\t"));
  const isRange = rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length);
  return isRange ? rows : null;
}

function markdownTable(rows) {
  const width = Math.max(...rows.map((row) => row.length));
  const cells = rows.map((row) => Array.from({ length: width }, (_, n) => cell(row[n] ?? "")));
  const line = (row) => `| ${row.join(" | ")} |`;
  const body = cells.slice(1);
  const rule = Array.from({ length: width }, (_, n) => (isNumeric(body.map((row) => row[n])) ? "--:" : "---"));
  return [line(cells[0]), line(rule), ...body.map(line)].join("\n");
}

function cell(text) {
  return text.replace(/\s+/g, " ").trim().replace(/\||<(?=[\w/!?])/g, "\\$&");
}

function isNumeric(column) {
  const written = column.filter(Boolean);
  return written.length > 0 && written.every((text) => /^[-+−–]?[$€£]?[\d.,\s]+%?$/.test(text));
}

// Formatted text -----------------------------------------------------------------

// The words stand there at once; they become Markdown when the server has answered.
async function convert(field, plain, html, address) {
  const start = field.selectionStart;
  insertText(field, plain);
  const data = new FormData();
  data.set("html", html);
  data.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
  try {
    const answer = await fetch(address, { method: "POST", body: data });
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    const { markdown, left_out: leftOut = [], error } = isJson ? await answer.json() : {};
    if (!answer.ok || answer.redirected || !markdown) throw new Error(error ?? `The server answered ${answer.status}.`);
    put(field, start, plain, markdown.trimEnd());
    say(field, leftOut.length ? `Left out of what was pasted: ${leftOut.join("; ")}` : "");
  } catch (error) {
    say(field, `Pasted as words alone. ${error instanceof TypeError ? "The server can’t be reached." : error.message}`);
  }
}

// Where the words have been changed meanwhile, they stay as they are.
function put(field, start, plain, markdown) {
  const end = start + plain.length;
  if (markdown === plain || field.value.slice(start, end) !== plain) return;
  const { selectionStart, selectionEnd, scrollTop } = field;
  const text = apart(field.value.slice(0, start), markdown, field.value.slice(end));
  const moved = (place) => (place >= end ? place + text.length - plain.length : Math.min(place, start));
  replaceRange(field, start, end, text);
  field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  field.scrollTop = scrollTop;
}

// Headings, lists and paragraphs stand on lines of their own.
function apart(before, markdown, behind) {
  if (!/\n\n|^(?:#+|[-*+>|]|\d+\.) /.test(markdown)) return markdown;
  return (/(?:^|\n)$/.test(before) ? "" : "\n\n") + markdown + (/^(?:$|\n)/.test(behind) ? "" : "\n\n");
}

function say(field, words) {
  field.closest(".markdown-desk").querySelector("[data-said]").textContent = words;
}
